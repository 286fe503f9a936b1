// Entry zero: the first paragraph of every document, the same bytes on every device.

/**
 * A V1 update by client id 0 that inserts one empty `paragraph` into the root `body`. Every replica
 * of a content channel applies it when it is made and nobody sends it: so two people who open a
 * new document at once have one paragraph, and an input method has a place to compose in.
 */
export const entryZero: Uint8Array = new Uint8Array([
  1, 1, 0, 0, 7, 1, 4, 98, 111, 100, 121, 3, 9, 112, 97, 114, 97, 103, 114, 97, 112, 104, 0
])

/** The client id of entry zero; no writer's hash gives it except by a chance of 2^-53. */
export const entryZeroClient = 0

// Why an update is turned down: closed codes, counted by the relay. No honest client earns one.

export const updateFaults = [
  // Its bytes.
  'cut-short',
  'trailing-bytes',
  'number-form',
  'number-range',
  'text-not-utf8',
  'text-too-long',
  'value-form',
  'value-too-deep',
  'forbidden-key',
  // What it says, taken by itself.
  'too-many-structs',
  'too-many-deletes',
  'client-twice',
  'client-empty',
  'content-not-allowed',
  'type-not-allowed',
  'zero-length',
  'clock-range',
  'anchor-twice',
  'depends-on-itself',
  'deletes-unordered',
  // What it says, beside what is known.
  'client-not-owned',
  'root-not-allowed',
  'content-misplaced',
  'list-crossed',
  'deletes-of-others'
] as const

export type UpdateFault = (typeof updateFaults)[number]

/** Thrown while an update is read; caught where it is checked. */
export class BadUpdate extends Error {
  constructor(readonly fault: UpdateFault) {
    super(fault)
    this.name = 'BadUpdate'
  }
}

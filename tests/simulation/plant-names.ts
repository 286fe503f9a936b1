// Bugs that can be put in on purpose, one a world, each with the seeds within which it must be found.

export const seedsPerPlant = {
  /** The relay acknowledges a push as soon as it hears it. */
  'ack-before-append': 40,
  /** The relay reads the last numbers of outboxes from its log as none. */
  'forgetful-head': 40,
  /** The relay forgets lowered roles when it starts again. */
  'rights-forgotten': 200,
  /** The relay takes viewers for editors when it has read their rights from its log. */
  'viewer-writes': 200,
  /** The relay now and then leaves the last entry of a page out, and moves the cursor past it. */
  'page-short': 40,
  /** A fold takes out what came after it was read. */
  'fold-takes-all': 300,
  /** The device moves its cursor first and stores the updates a moment later. */
  'cursor-before-store': 40,
  /** The device moves its cursor wherever an entry ends, not only from where it stood. */
  'cursor-jumps': 40,
  /** The device now and then loses an update it received, and has its cursor past it. */
  'received-lost': 40,
  /** The device forgets what waits in the outbox when a connection comes. */
  'outbox-dropped': 40,
  /** The device gives a new batch a number that was used before. */
  'numbers-reused': 40,
  /** The device takes it that what only deletes need not be sent. */
  'deletes-unsent': 40,
  /** A store that refuses says that it has stored. */
  'quota-ignored': 100,
  /** After a refused commit the next one is stored, and the refused one never. */
  'commits-overtake': 100,
  /** Edits are committed so that a power cut may take them back. */
  'relaxed-edits': 100,
  /** What was refused is forgotten, and no copy is kept. */
  'no-copy': 100,
  /** The device uses the same Yjs client id in every lifetime of a document. */
  'client-id-reused': 40,
  /** The screen says saved when there is a connection, whatever the outbox holds. */
  'status-lies': 40,
  /** The screen forgets edits that are not stored yet. */
  'unwritten-unsaid': 40
} as const

export type PlantName = keyof typeof seedsPerPlant

export const plantNames = Object.keys(seedsPerPlant) as PlantName[]

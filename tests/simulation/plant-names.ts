// Bugs that can be put in on purpose, one a world.

export const plantNames = [
  /** The relay acknowledges a push as soon as it hears it. */
  'ack-before-append',
  /** The relay reads the last numbers of outboxes from its log as none. */
  'forgetful-head',
  /** The relay forgets lowered roles when it starts again. */
  'rights-forgotten',
  /** The device moves its cursor first and stores the updates a moment later. */
  'cursor-before-store',
  /** The device moves its cursor wherever an entry ends, not only from where it stood. */
  'cursor-jumps',
  /** The device forgets what waits in the outbox when a connection comes. */
  'outbox-dropped',
  /** The device gives a new batch a number that was used before. */
  'numbers-reused'
] as const

export type PlantName = (typeof plantNames)[number]

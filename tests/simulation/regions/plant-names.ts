// Bugs that are planted in a world of several regions, each of which some seed must find; and in how many seeds it is looked for.

export const seedsPerPlant = {
  // What replication by the last writer makes of simpler ways to fold a log.
  'shared-checkpoint': 100,
  'range-delete': 60,
  'delete-without-acks': 100,
  'early-drop': 200,
  // The table.
  'time-to-live': 20,
  'eventual-reads': 20,
  'ack-before-put': 20,
  'put-forgotten': 20,
  'acks-of-all': 60,
  'never-acks': 20,
  'parts-overwritten': 100,
  'chunk-forgotten': 60,
  'lists-forgotten': 20,
  // The order.
  'order-keeps-name': 400,
  'order-hides-unsettled': 200,
  'settled-by-hearsay': 300,
  'heard-is-durable': 200,
  'stream-dropped': 60,
  // The log.
  'numbers-with-gaps': 200,
  'forgetful-head': 20,
  'short-page': 60,
  'fold-loses-one': 60,
  // The relay.
  'never-asks': 60,
  'receipts-known': 60,
  'receipts-differ': 300
} as const

export type PlantName = keyof typeof seedsPerPlant

export const plantNames = Object.keys(seedsPerPlant) as readonly PlantName[]

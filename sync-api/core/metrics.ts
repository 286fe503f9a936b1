// Names of what the relay's core counts and measures; a host decides where they are shown.
import { updateFaults, type UpdateFault } from './update-faults'

/** Counters. */
export const counters = {
  pushes: 'pushes',
  pushedBytes: 'pushed_bytes',
  pushesAgain: 'pushes_again',
  gaps: 'gaps',
  refusals: 'refusals',
  unknown: 'pushes_unknown',
  headsRead: 'heads_read',
  appends: 'appends',
  deliveries: 'deliveries',
  awareness: 'awareness',
  pages: 'catch_up_pages',
  resyncs: 'resyncs',
  folds: 'folds',
  foldsFailed: 'folds_failed',
  digests: 'digests',
  digestsDiffer: 'digests_differ',
  storageFailures: 'storage_failures'
} as const

/** Of refusals, those of bad updates by what is wrong with them. */
export const faultCounters = Object.fromEntries(
  updateFaults.map((fault) => [fault, `bad_updates_${fault.replaceAll('-', '_')}`])
) as Readonly<Record<UpdateFault, string>>

export const counterNames: readonly string[] = [
  ...Object.values(counters),
  ...Object.values(faultCounters)
]

/** Histograms, with the unit in the name. */
export const histograms = {
  appendMs: 'append_ms',
  appendEntries: 'append_entries',
  headsReadMs: 'heads_read_ms',
  foldMs: 'fold_ms',
  foldBytes: 'fold_bytes',
  digestMs: 'digest_ms'
} as const

// Names of what the relay's core counts and measures; a host decides where they are shown.

/** Counters. */
export const counters = {
  pushes: 'pushes',
  pushedBytes: 'pushed_bytes',
  pushesAgain: 'pushes_again',
  gaps: 'gaps',
  refusals: 'refusals',
  appends: 'appends',
  deliveries: 'deliveries',
  awareness: 'awareness',
  pages: 'catch_up_pages',
  resyncs: 'resyncs',
  folds: 'folds',
  foldsFailed: 'folds_failed',
  storageFailures: 'storage_failures'
} as const

/** Histograms, with the unit in the name. */
export const histograms = {
  appendMs: 'append_ms',
  appendEntries: 'append_entries',
  foldMs: 'fold_ms',
  foldBytes: 'fold_bytes'
} as const

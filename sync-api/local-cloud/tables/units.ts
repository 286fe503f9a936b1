// What a region would be billed for.

/** Writes and reads in units, by whole items: one write unit is 1 KB, one read unit 4 KB read strongly. */
export type Units = {
  writes: number
  /** Writes that came from other regions. */
  replicatedWrites: number
  reads: number
  /** Calls that were answered, and those turned away for want of throughput. */
  calls: number
  throttled: number
}

export function noUnits(): Units {
  return { writes: 0, replicatedWrites: 0, reads: 0, calls: 0, throttled: 0 }
}

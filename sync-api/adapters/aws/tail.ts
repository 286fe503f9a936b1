// A region's order of a log: the newest entries in the order in which they came here, whichever region they were written in.
// A cache, and a log works without it; but only by it do cursors point to a place between entries.
import type { ChannelRef } from '../../protocol/ids'
import type { NewEntry } from '../../core/ports'

/** An entry on its way into the order. */
export type TailEntry = {
  /** Its key in the table. */
  readonly key: string
  readonly entry: NewEntry
  /** Whether it is durable in this region, or only told by another. */
  readonly durable: boolean
}

/** An entry in the order; the first that ever came has number 1. */
export type Placed = TailEntry & { readonly sequence: number }

export type TailView = {
  /** Random, made anew whenever the order begins anew: then all its numbers mean something else. */
  readonly id: Uint8Array
  /** Entries before this one it does not have any more, or never had. */
  readonly first: number
  /** Number of the newest entry; `first` - 1 when it has none. */
  readonly last: number
  /** Those asked for, as far as it has them. */
  readonly entries: readonly Placed[]
  /** The oldest that is not durable in this region; null when all are. */
  readonly unsettled: number | null
}

/** Where an entry went; `isNew` is false when its key had been told before. */
export type TailPlace = {
  readonly id: Uint8Array
  readonly sequence: number
  readonly isNew: boolean
  /** Whether it is known to have reached everybody who listens here: whoever was to tell them may have died. */
  readonly hasReached: boolean
}

/** Every call rejects with this where the cache cannot be reached. */
export class CacheUnreachable extends Error {
  constructor(cause?: unknown) {
    super('The cache of this region cannot be reached', { cause })
    this.name = 'CacheUnreachable'
  }
}

/** For whoever can do without the cache: null where it cannot be reached. */
export async function orNull<T>(answer: Promise<T>): Promise<T | null> {
  try {
    return await answer
  } catch (cause) {
    if (cause instanceof CacheUnreachable) return null
    throw cause
  }
}

/** Where the order has not begun every call resolves to null but `begin`. */
export type Tail = {
  /** What came after number `after`, oldest first, some hundreds at most. */
  read(ref: ChannelRef, after: number): Promise<TailView | null>
  /** Begins the order after number `after` if there is none, and answers how it stands. */
  begin(ref: ChannelRef, after: number): Promise<TailView>
  /** Adds entries behind the newest, or finds where they are. One that is durable counts as such from now on. */
  add(ref: ChannelRef, entries: readonly TailEntry[]): Promise<readonly TailPlace[] | null>
  /** Remembers of these places that their entries have reached everybody who listens here. */
  reached(ref: ChannelRef, id: Uint8Array, sequences: readonly number[]): Promise<unknown>
  /** Those that are not durable in this region. */
  unsettled(ref: ChannelRef): Promise<readonly Placed[] | null>
  /** Whether it remembers that each of these keys has come into the order. */
  knows(ref: ChannelRef, keys: readonly string[]): Promise<boolean | null>
  /** Forgets the order: whoever stands in it begins again. */
  end(ref: ChannelRef): Promise<void>
}

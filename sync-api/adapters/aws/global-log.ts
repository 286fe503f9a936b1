// The log of several regions: every region writes it, each in its replica of the global table; what another wrote comes later,
// in any order. Here it is one log, in the order in which its entries came to this region.
import type { Appended, Head, Log, Page } from '../../core/ports'
import { channelKey, type ChannelRef } from '../../protocol/ids'
import { appendTo, relay, rememberReached } from './appending'
import { foldReading } from './folding'
import { createHeadCache } from './global-head'
import { consult } from './consulting'
import { createTurns } from './turns'
import { createReading } from './reading'
import type { GlobalLogParts, Relayed } from './log-parts'
import type { TailEntry } from './tail'
import { acknowledge, reap } from './tending'

/** As `Log`, and what a log that others write as well needs besides. */
export type GlobalLog = Log & {
  /**
   * Takes in what another region appended: told by it, or found in this region's replica (`durable`). Resolves with those that
   * are new here, and where they went; with `insists` also with those that are not known to have reached everybody. Rejects with CacheUnreachable where what was found could not be given a place.
   */
  relayed(ref: ChannelRef, told: readonly TailEntry[], insists?: boolean): Promise<Relayed>
  /** The entries of these spans have reached everybody who listens here: they need not be told again. */
  reached(ref: ChannelRef, spans: readonly Appended[]): Promise<void>
  /**
   * Puts here what the other regions have of a log that is never folded. Rejects when one of them does not answer.
   */
  consult(ref: ChannelRef): Promise<void>
  /** Says which checkpoints are whole here, and takes out what every region holds folded. */
  tend(ref: ChannelRef): Promise<void>
}

export function createGlobalLog(parts: GlobalLogParts): GlobalLog {
  const reading = createReading(parts)
  const heads = createHeadCache(parts, reading)
  const inTurn = createTurns()

  async function tend(ref: ChannelRef): Promise<void> {
    await acknowledge(parts, ref)
    await reap(parts, ref)
  }

  return {
    ready: () => Promise.resolve(),
    append: (ref, entries) =>
      inTurn(channelKey(ref), async (turn) => {
        // An order that has not begun would begin behind these.
        if (!heads.knows(ref)) await heads.head(ref)
        const { spans, isNew } = await appendTo(parts, ref, entries, turn)
        // What had a place before is not met again by who goes on from the last one.
        if (!isNew) heads.forget(ref)
        return spans
      }),
    head: (ref): Promise<Head> => heads.head(ref),
    read: (ref, cursor, bytesMax): Promise<Page | null> => reading.read(ref, cursor, bytesMax),

    async fold(ref, upTo, checkpoint) {
      const read = reading.behind(upTo)
      if (read === null || !(await foldReading(parts, ref, read, checkpoint))) return false
      await tend(ref)
      heads.forget(ref)
      return true
    },

    relayed: (ref, told, insists = false) => relay(parts, ref, told, insists),
    reached: (ref, spans) => rememberReached(parts, ref, spans),
    consult: (ref) => consult(parts, ref),
    tend,
    close: () => Promise.resolve()
  }
}

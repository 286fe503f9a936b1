// What a reader missed, a page at a time.
import { idOf, shortIdBytes, type ChannelRef, type OutboxId } from '../protocol/ids'
import type { Cursor, Entry, ServerMessage } from '../protocol/messages'
import { receiptsSince } from '../protocol/version'
import { entryOverheadBytes } from './limits'
import { counters } from './metrics'
import type { Log, Metrics, NewEntry, Page } from './ports'
import type { Receipts } from './receipts'

/** The outbox a checkpoint is handed out under, as its entry number 0: eight zero bytes. */
export const checkpointOutbox: OutboxId = idOf(new Uint8Array(shortIdBytes))

export type Answer = Extract<ServerMessage, { type: 'catch-up' | 'resync' }>

export type CatchUp = {
  /**
   * The page after `cursor` of at most `bytesMax`, or a checkpoint of at most `checkpointBytesMax`;
   * a first entry or a checkpoint larger than that is not carried but named `overHttp`. `protocol` is the reader's.
   */
  page(
    ref: ChannelRef,
    cursor: Cursor,
    bytesMax: number,
    checkpointBytesMax: number,
    protocol: number
  ): Promise<Answer>
}

export function createCatchUp(log: Log, receipts: Receipts, metrics: Metrics): CatchUp {
  async function page(
    ref: ChannelRef,
    cursor: Cursor,
    bytesMax: number,
    checkpointBytesMax: number,
    protocol: number
  ): Promise<Answer> {
    const { document, channel } = ref
    const found = await log.read(ref, cursor, bytesMax)
    if (found === null) {
      metrics.count(counters.resyncs)
      return { type: 'resync', document, channel }
    }
    metrics.count(counters.pages)
    const { from, to, more } = found
    const entries = entriesOf(found, (entry) =>
      protocol < receiptsSince ? entry : receipts.vouch(ref, entry)
    )
    const first = entries[0]
    const firstBytesMax = found.checkpoint === null ? bytesMax : checkpointBytesMax
    if (first !== undefined && first.update.length + entryOverheadBytes > firstBytesMax) {
      const held = { from, to: from, more: true, overHttp: true, entries: [] }
      return { type: 'catch-up', document, channel, ...held }
    }
    return { type: 'catch-up', document, channel, from, to, more, overHttp: false, entries }
  }
  return { page }
}

function entriesOf(
  { checkpoint, entries }: Page,
  told: (entry: NewEntry) => Entry
): readonly Entry[] {
  if (checkpoint === null) return entries.map(told)
  return [{ outbox: checkpointOutbox, n: 0, update: checkpoint.update }, ...entries.map(told)]
}

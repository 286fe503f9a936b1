// A session's view of its outbox: which sealed batches may go now, and which are on their way.
import type { OutboxId } from '../../sync-api/protocol/ids'
import { socketUpdateBytesMax } from '../../sync-api/protocol/limits'
import type { SealedBatch } from '../store/ports'

export type Outbox = {
  /** Whose numbers these are; null before the first seal has answered one. */
  readonly id: OutboxId | null
  /** Sealed and not acknowledged, lowest number first. */
  readonly batches: readonly SealedBatch[]
  /** The highest number said on this connection; 0 before the first. */
  readonly sent: number
  /** Acknowledged numbers that the store has yet to forget: a seal under way may answer them. */
  readonly settling: readonly number[]
  readonly sealing: boolean
  /** Rows may lie in the outbox that no seal has seen. */
  readonly dirty: boolean
  /** What the relay had at the last gap; until the next number is acknowledged it goes alone. */
  readonly gapAfter: number | null
  /** Whether a gap before the lowest says nothing new: one was acknowledged, or the log is compared. */
  readonly known: boolean
  /** Whether the log was compared on this connection: it has been given what this device has. */
  readonly compared: boolean
  /** The relay lacks what the lowest builds on: nothing goes until it was compared, or some time on. */
  readonly held: boolean
}

export const emptyOutbox: Outbox = {
  id: null,
  batches: [],
  sent: 0,
  settling: [],
  sealing: false,
  dirty: false,
  gapAfter: null,
  known: false,
  compared: false,
  held: false
}

/**
 * The outbox as it stands after a seal: without what is acknowledged and not forgotten yet. Somebody else
 * may have numbered it anew since (the worker, giving back): then nothing of it was said.
 */
export function afterSeal(outbox: Outbox, sealed: readonly SealedBatch[]): Outbox {
  const id = sealed[0]?.outbox ?? outbox.id
  const same = outbox.id === null || id === outbox.id
  const { sent, settling, gapAfter } = same ? outbox : emptyOutbox
  const batches = sealed.filter((batch) => !settling.includes(batch.n))
  return { ...outbox, id, batches, sent, settling, gapAfter, sealing: false }
}

/** What may be said now, lowest number first; at most `inFlightMax` batches are on their way. */
export function sendable(outbox: Outbox, inFlightMax: number): readonly SealedBatch[] {
  if (outbox.held) return []
  const under = inFlight(outbox)
  const limit = outbox.gapAfter === null ? inFlightMax : 1
  const waiting = outbox.batches.filter((batch) => batch.n > outbox.sent)
  // A large batch goes by HTTP, where nothing keeps it in line with the socket: so it goes alone.
  if (under.some(goesAlone)) return []
  const large = waiting.findIndex(goesAlone)
  if (large === 0) return under.length === 0 ? waiting.slice(0, 1) : []
  const small = large < 0 ? waiting : waiting.slice(0, large)
  return small.slice(0, Math.max(0, limit - under.length))
}

function goesAlone(batch: SealedBatch): boolean {
  return batch.update.length > socketUpdateBytesMax
}

/** Said on this connection and not acknowledged. */
export function inFlight(outbox: Outbox): readonly SealedBatch[] {
  return outbox.batches.filter((batch) => batch.n <= outbox.sent)
}

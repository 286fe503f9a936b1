// A checkpoint as logs store it, with what they must still know of the entries it replaced.
import * as decoding from 'lib0/decoding'
import * as encoding from 'lib0/encoding'
import { fromBase64Url, idOf, longIdBytes, shortIdBytes } from '../protocol/ids'
import type { OutboxId, PersonId } from '../protocol/ids'
import type { Checkpoint } from './ports'

/** A checkpoint and the last number of each outbox that is in it. */
export type StoredCheckpoint = {
  readonly checkpoint: Checkpoint
  readonly outboxes: ReadonlyMap<OutboxId, number>
}

export function writeCheckpoint(out: encoding.Encoder, stored: StoredCheckpoint): void {
  const { checkpoint, outboxes } = stored
  encoding.writeVarUint(out, checkpoint.firstAt)
  encoding.writeVarUint(out, checkpoint.lastAt)
  encoding.writeVarUint(out, outboxes.size)
  for (const [outbox, n] of outboxes) {
    encoding.writeUint8Array(out, fromBase64Url(outbox))
    encoding.writeVarUint(out, n)
  }
  encoding.writeVarUint(out, checkpoint.authors.size)
  for (const [client, person] of checkpoint.authors) {
    encoding.writeVarUint(out, client)
    encoding.writeUint8Array(out, fromBase64Url(person))
  }
  encoding.writeUint8Array(out, checkpoint.update)
}

/** Reads to the end of the input; lib0 throws where it is cut short. */
export function readCheckpoint(input: decoding.Decoder): StoredCheckpoint {
  const firstAt = decoding.readVarUint(input)
  const lastAt = decoding.readVarUint(input)
  const outboxes = new Map<OutboxId, number>()
  for (let left = decoding.readVarUint(input); left > 0; left--) {
    const outbox = idOf<OutboxId>(decoding.readUint8Array(input, shortIdBytes))
    outboxes.set(outbox, decoding.readVarUint(input))
  }
  const authors = new Map<number, PersonId>()
  for (let left = decoding.readVarUint(input); left > 0; left--) {
    const client = decoding.readVarUint(input)
    authors.set(client, idOf<PersonId>(decoding.readUint8Array(input, longIdBytes)))
  }
  const update = decoding.readTailAsUint8Array(input)
  return { checkpoint: { update, authors, firstAt, lastAt }, outboxes }
}

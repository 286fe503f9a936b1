// Receipts: by them whoever kept an entry of others may give it back to a log that has lost it. A receipt says whose the
// entry was, and is the deployment's MAC of that over the entry and its place: nobody else can make one.
import * as encoding from 'lib0/encoding'
import * as sha256 from 'lib0/hash/sha256'
import { sameBytes } from '../protocol/bytes'
import type { ChannelRef, PersonId } from '../protocol/ids'
import { idOf, longIdBytes } from '../protocol/ids'
import { writeBytes, writeByte, writeEntry, writeId, writeRef } from '../protocol/fields'
import type { Entry, Push } from '../protocol/messages'
import type { NewEntry } from './ports'

export type Receipts = {
  /** The entry as the log has it, with its receipt; entries of rights have none. */
  vouch(ref: ChannelRef, entry: NewEntry): Entry
  /** What the log knew of the entry that a push gives back; null when it names none, or the receipt is not one of this relay. */
  read(push: Push): Vouched | null
}

export type Vouched = {
  readonly person: PersonId
  /** Whether all it inserts is that person's own: else it had been given back before, without receipts. */
  readonly own: boolean
}

/** Of a SHA-256: nobody finds 128 bits. */
const macBytes = 16

/** flag, person, MAC. */
const receiptBytes = 1 + longIdBytes + macBytes

/** `key`: 32 secret bytes, the same for as long as receipts are to be good. */
export function createReceipts(key: Uint8Array): Receipts {
  const inner = padded(key, 0x36)
  const outer = padded(key, 0x5c)

  function receiptOf(ref: ChannelRef, entry: Entry, { person, own }: Vouched): Uint8Array {
    const head = encoding.encode((out) => {
      writeByte(out, own ? 1 : 0)
      writeId(out, person)
    })
    const said = encoding.encode((out) => {
      encoding.writeUint8Array(out, inner)
      writeBytes(out, head)
      writeRef(out, ref)
      writeEntry(out, entry)
    })
    const mac = sha256.digest(joined(outer, sha256.digest(said)))
    return joined(head, mac.subarray(0, macBytes))
  }

  // The same entry goes to many readers.
  const made = new WeakMap<NewEntry, Entry>()

  return {
    vouch(ref, entry) {
      if (ref.channel === 'rights') return entry
      const before = made.get(entry)
      if (before !== undefined) return before
      const { outbox, n, update, person, clients } = entry
      const receipt = receiptOf(ref, entry, { person, own: clients.length > 0 })
      const vouched = { outbox, n, update, receipt }
      made.set(entry, vouched)
      return vouched
    },
    read({ document, channel, update, voucher }) {
      if (voucher?.receipt.length !== receiptBytes) return null
      const { outbox, n, receipt } = voucher
      const own = receipt[0] === 1
      const person = idOf<PersonId>(receipt.subarray(1, 1 + longIdBytes))
      const right = receiptOf({ document, channel }, { outbox, n, update }, { person, own })
      return sameBytes(right, receipt) ? { person, own } : null
    }
  }
}

/** HMAC, RFC 2104: the key as a block of SHA-256, each byte with `byte`. */
function padded(key: Uint8Array, byte: number): Uint8Array {
  const block = new Uint8Array(64).fill(byte)
  for (const [at, of] of key.entries()) block[at] = of ^ byte
  return block
}

function joined(one: Uint8Array, other: Uint8Array): Uint8Array {
  const both = new Uint8Array(one.length + other.length)
  both.set(one)
  both.set(other, one.length)
  return both
}

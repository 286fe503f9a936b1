// Entries as the cache holds them and the bus carries them: with their key, in one piece.
import * as decoding from 'lib0/decoding'
import * as encoding from 'lib0/encoding'
import type { NewEntry } from '../../core/ports'
import { fromBase64Url, idOf, longIdBytes, type PersonId } from '../../protocol/ids'
import { packedKeyBytes, packKey, unpackKey, updateNameOf } from './keys'

/** Changes when the form does; what another form wrote is passed over. */
const entryForm = 1

export type KeyedEntry = { readonly key: string; readonly entry: NewEntry }

export function encodeKeyedEntry({ key, entry }: KeyedEntry): Uint8Array {
  const { person, clients, at, update } = entry
  return encoding.encode((out) => {
    encoding.writeUint8(out, entryForm)
    encoding.writeUint8Array(out, packKey(key))
    encoding.writeUint8Array(out, fromBase64Url(person))
    encoding.writeVarUint(out, at)
    encoding.writeVarUint(out, clients.length)
    for (const client of clients) encoding.writeVarUint(out, client)
    encoding.writeUint8Array(out, update)
  })
}

/** Throws on what is no entry of this form. */
export function decodeKeyedEntry(bytes: Uint8Array): KeyedEntry {
  const input = decoding.createDecoder(bytes)
  const form = decoding.readUint8(input)
  if (form !== entryForm) throw new Error(`An entry of form ${form}`)
  const key = unpackKey(decoding.readUint8Array(input, packedKeyBytes))
  const name = updateNameOf(key)
  if (name === null) throw new Error(`${key} is not the key of an entry`)
  const person = idOf<PersonId>(decoding.readUint8Array(input, longIdBytes))
  const at = decoding.readVarUint(input)
  const clients: number[] = []
  for (let left = decoding.readVarUint(input); left > 0; left--) {
    clients.push(decoding.readVarUint(input))
  }
  const update = decoding.readTailAsUint8Array(input)
  return { key, entry: { outbox: name.outbox, n: name.n, person, at, clients, update } }
}

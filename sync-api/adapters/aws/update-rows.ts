// Entries as rows of the global table: equal bytes wherever they are stored, in parts where one row cannot hold them.
import * as decoding from 'lib0/decoding'
import * as encoding from 'lib0/encoding'
import type { NewEntry } from '../../core/ports'
import {
  fromBase64Url,
  idOf,
  longIdBytes,
  type ChannelRef,
  type PersonId
} from '../../protocol/ids'
import { logKey, partKey, updateKey, updateNameOf } from './keys'
import { rowBytesMax } from './limits'
import type { Row } from './table'

/** Changes when the form of rows does. */
const rowVersion = 1

/** What is stored of an entry, the same wherever it is stored: when, and in which region, stands beside it. */
function bodyOf({ person, clients, update }: NewEntry): Uint8Array {
  return encoding.encode((out) => {
    encoding.writeUint8(out, rowVersion)
    encoding.writeUint8Array(out, fromBase64Url(person))
    encoding.writeVarUint(out, clients.length)
    for (const client of clients) encoding.writeVarUint(out, client)
    encoding.writeUint8Array(out, update)
  })
}

export type EntryRows = { readonly key: string; readonly rows: readonly Row[] }

/** An entry's rows, to be put in this order. */
export function rowsOfEntry(ref: ChannelRef, entry: NewEntry, region: string): EntryRows {
  const body = bodyOf(entry)
  const key = updateKey(entry.outbox, entry.n, body)
  const count = Math.max(1, Math.ceil(body.length / rowBytesMax))
  const rows = Array.from({ length: count }, (_, index) => ({
    pk: logKey(ref),
    sk: partKey(key, index, count),
    body: body.subarray(index * rowBytesMax, (index + 1) * rowBytesMax),
    region,
    at: entry.at,
    revision: null
  }))
  return { key, rows }
}

/** The keys under which an entry stands, of whatever size. */
export type StoredEntry = {
  readonly key: string
  readonly entry: NewEntry
  readonly sks: readonly string[]
  readonly region: string
}

/**
 * The entries of rows in ascending order; one of which not all parts are there is left out. Throws on a row that no log wrote.
 */
export function entriesOfRows(rows: readonly Row[]): readonly StoredEntry[] {
  const stored: StoredEntry[] = []
  let parts: Row[] = []
  for (const row of rows) {
    const name = updateNameOf(row.sk)
    if (name === null) throw new Error(`The log has a row that is none of its own: ${row.sk}`)
    const { key, index, count, outbox, n } = name
    parts = index === 0 ? [row] : [...parts, row]
    const whole = index === count - 1 && parts.length === count && startsWith(parts, key)
    if (!whole) continue
    const { at, region } = row
    const entry = { outbox, n, at, ...decodeBody(joined(parts), row.sk) }
    stored.push({ key, entry, region, sks: parts.map(({ sk }) => sk) })
  }
  return stored
}

function startsWith(parts: readonly Row[], key: string): boolean {
  return parts.every(({ sk }) => sk.startsWith(key))
}

function joined(parts: readonly Row[]): Uint8Array {
  const [first] = parts
  return parts.length === 1 && first !== undefined
    ? first.body
    : Buffer.concat(parts.map(({ body }) => body))
}

function decodeBody(
  body: Uint8Array,
  name: string
): Pick<NewEntry, 'person' | 'clients' | 'update'> {
  try {
    const input = decoding.createDecoder(body)
    const version = decoding.readUint8(input)
    if (version !== rowVersion) throw new Error(`form ${version}`)
    const person = idOf<PersonId>(decoding.readUint8Array(input, longIdBytes))
    const clients: number[] = []
    for (let left = decoding.readVarUint(input); left > 0; left--) {
      clients.push(decoding.readVarUint(input))
    }
    return { person, clients, update: decoding.readTailAsUint8Array(input) }
  } catch (cause) {
    throw new Error(`The log is damaged at ${name}. Restore the table to a point before.`, {
      cause
    })
  }
}

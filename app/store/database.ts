// The one IndexedDB database: its tables, and how page and worker open it side by side.
import { Dexie, type EntityTable, type Table } from 'dexie'
import {
  channelRefOf,
  idOf,
  shortIdBytes,
  type ChannelRef,
  type DocumentId,
  type OutboxId,
  type PersonId,
  type WriterId
} from '../../sync-api/protocol/ids'
import type { RefusalReason } from '../../sync-api/protocol/errors'
import type { Voucher } from '../../sync-api/protocol/messages'
import type { PublicKey } from '../../sync-api/protocol/rights'
import type { Role } from '../../sync-api/protocol/roles'
import { StoreFailure, type StoreFailureReason } from './ports'

/** A stored Yjs update. Rows of a channel in order of `row` are what its replica loads. */
export type UpdateRow = {
  row: number
  channel: string
  update: Uint8Array
  /** Of this device, newest last; rows from elsewhere have none. */
  writers?: WriterId[]
  /** As of `LocalUpdate`. */
  asides?: number | undefined
  /** CRC-32 of `update`; rows of earlier releases have none. */
  sum?: number
  /** Of an entry of others, by which it is given back as it was. */
  voucher?: Voucher
}

/** A local update that no sealed batch holds yet. */
export type OutboxRow = {
  row: number
  channel: string
  update: Uint8Array
  writer: WriterId
  /** Major of the schema it was written under. */
  schemaMajor: number
  sum?: number
  /** As of `LocalUpdate`. */
  asides?: number | undefined
}

/** A sealed batch: bytes and number never change, and the row goes when it is acknowledged. */
export type SealedRow = {
  channel: string
  n: number
  outbox: OutboxId
  update: Uint8Array
  writers: WriterId[]
  schemaMajor: number
  sum?: number
  /** As of `SealedBatch`. */
  voucher?: Voucher
}

/** An entry of others as it was, whose row has been folded: the newest of a channel (vouched.ts). */
export type VouchedRow = {
  number: number
  channel: string
  update: Uint8Array
  voucher: Voucher
  sum: number
}

/** What this device knows of a channel's log, and the counter of its own pushes. */
export type ChannelRow = {
  channel: string
  cursor: Uint8Array
  epoch: number
  /** Null until the first batch is sealed. */
  outbox: OutboxId | null
  /** Number of the batch sealed last; 0 before the first. */
  sealedLast: number
  /** Set until the channel has been compared with its log: rows of it were lost here. */
  doubted?: 1
  /** How often it was set aside here; left out for never. */
  asides?: number
}

/** What the list of documents shows: projected from the library document, and facts of this device. */
export type CatalogueRow = {
  document: DocumentId
  /** The creator's proof; null for documents of others. */
  nonce: string | null
  title: string
  role: Role | null
  createdAt: number
  editedAt: number
  openedAt: number | null
  removedAt: number | null
  pinned: boolean
  /** Whether its text is here and opens without a network. */
  onDevice: boolean
  /** The major of the schema it was written under, once the relay has told one above the first. */
  schemaMajor?: number
}

/** Who this device speaks for. `current` is the identity in use, others are those it replaced. */
export type IdentityRow = {
  name: string
  person: PersonId
  publicKey: PublicKey
  /** Not extractable: it signs here and can be read nowhere. */
  keys: CryptoKeyPair
}

/** Content that was replaced or refused, kept so that a person can take it back. */
export type CopyRow = {
  copy: number
  document: DocumentId
  channel: string
  /** Why it was set aside; `replaced` when this device became another person's. */
  reason: RefusalReason | 'replaced'
  /** ms since 1970 by this device's clock. */
  at: number
  /** Everything the replica held, refused edits included. */
  update: Uint8Array
  /** The edits the relay never acknowledged. */
  unacknowledged: Uint8Array
}

/** A row that was not what had been stored in it, as it was found. */
export type DamagedRow = {
  number: number
  channel: string
  table: 'updates' | 'outbox' | 'sealed'
  /** ms since 1970 by this device's clock. */
  at: number
  row: unknown
}

/** A fact about the database itself: `birth` names this one, made anew it has another; lives.ts has others. */
export type MarkRow = { name: string; value: string | Uint8Array }

export type DatabaseTrouble =
  /** A newer release wants to change the schema; this tab let go and opens again when it is done. */
  | 'changing'
  /** An older tab does not let go of the database. */
  | 'blocked'
  /** The database was deleted under this tab, or another, empty one lies in its place. */
  | 'emptied'

export class MeridianDatabase extends Dexie {
  declare readonly updates: EntityTable<UpdateRow, 'row'>
  declare readonly outbox: EntityTable<OutboxRow, 'row'>
  declare readonly sealed: Table<SealedRow, [string, number]>
  declare readonly channels: EntityTable<ChannelRow, 'channel'>
  declare readonly catalogue: EntityTable<CatalogueRow, 'document'>
  declare readonly keys: EntityTable<IdentityRow, 'name'>
  declare readonly copies: EntityTable<CopyRow, 'copy'>
  declare readonly damaged: EntityTable<DamagedRow, 'number'>
  declare readonly marks: EntityTable<MarkRow, 'name'>
  declare readonly vouched: EntityTable<VouchedRow, 'number'>
  /** Why it cannot be used: an older tab holds it while this one waits, or what it held is gone. */
  obstacle: 'blocked' | 'emptied' | null = null
  /** The mark of the database this tab works on; null before it was first opened. */
  birth: string | null = null
  /** Hears of every use of the database: why it failed, or null when it did not. */
  onUse: (failure: StoreFailureReason | null) => void = () => undefined

  constructor(name: string) {
    // Strict: "on this device" must survive a power cut. Dexie knows one durability a database;
    // the rows that could be relaxed are written seldom (3.4 against 1.4 ms a commit in Chromium).
    super(name, { chromeTransactionDurability: 'strict' })
    // Versions only ever add. An older release opens a newer database as it is (Dexie falls back
    // to the installed version), so neither page nor worker forces one on the other.
    this.version(1).stores({
      updates: '++row, channel',
      outbox: '++row, channel',
      sealed: '[channel+n], channel',
      channels: 'channel',
      catalogue: 'document',
      keys: 'name',
      copies: '++copy, document'
    })
    this.version(2).stores({
      channels: 'channel, doubted',
      damaged: '++number, channel',
      marks: 'name'
    })
    this.version(3).stores({ vouched: '++number, channel' })
  }

  /**
   * Goes on with the database that `made` has made in the place of the one that is gone, and closes
   * `made`. Until then every use is refused: rows must not lie there without their beginning.
   */
  async goOnWith(made: MeridianDatabase): Promise<void> {
    this.birth = made.birth
    made.close()
    this.obstacle = null
    await this.open()
  }
}

export const databaseName = 'meridian'

/**
 * The database, opened at its first use. `onTrouble` hears what a person may have to act on.
 * Close it with `close()`.
 */
export function openDatabase(
  onTrouble: (trouble: DatabaseTrouble) => void,
  name: string = databaseName
): MeridianDatabase {
  const database = new MeridianDatabase(name)
  database.on('versionchange', (event) => {
    const deleted = event.newVersion === null
    if (deleted) database.obstacle = 'emptied'
    // Staying open would block the other tab's release for ever. After an upgrade it opens again by
    // itself; after a deletion it does not, for rows would then lie there without their beginning.
    database.close({ disableAutoOpen: deleted })
    onTrouble(deleted ? 'emptied' : 'changing')
    // Dexie's own listener comes next, and would let a deleted database be made again, empty.
    return false
  })
  database.on('ready', () => recognise(database, onTrouble), true)
  database.on('blocked', () => {
    database.obstacle = 'blocked'
    onTrouble('blocked')
    const clear = (): void => {
      database.obstacle = null
    }
    database.open().then(clear, clear)
  })
  return database
}

// Browsers make a damaged or evicted database again, empty, and say nothing of it. A tab that opens
// its own anew and finds another must not write rows there without their beginning.
async function recognise(
  database: MeridianDatabase,
  onTrouble: (trouble: DatabaseTrouble) => void
): Promise<void> {
  const value = await database.transaction('rw', database.marks, async () => {
    const known = await database.marks.get('birth')
    if (known !== undefined) return String(known.value)
    const born = idOf(crypto.getRandomValues(new Uint8Array(shortIdBytes)))
    await database.marks.add({ name: 'birth', value: born })
    return born
  })
  if (database.birth !== null && database.birth !== value) {
    database.obstacle = 'emptied'
    onTrouble('emptied')
    throw new StoreFailure('emptied', 'another database lies in its place')
  }
  database.birth = value
}

/** What this device knows of a channel's log; of one never heard of, nothing. */
export async function channelOf(database: MeridianDatabase, channel: string): Promise<ChannelRow> {
  return (await database.channels.get(channel)) ?? newChannel(channel)
}

/** A channel before anything was heard of its log or sent to it. */
export function newChannel(channel: string): ChannelRow {
  return { channel, cursor: new Uint8Array(), epoch: 0, outbox: null, sealedLast: 0 }
}

/** The channels that have rows in `table`. */
export async function channelsIn(table: Pick<Table, 'orderBy'>): Promise<ChannelRef[]> {
  const keys = await table.orderBy('channel').uniqueKeys()
  return keys.map((key) => channelRefOf(key as string))
}

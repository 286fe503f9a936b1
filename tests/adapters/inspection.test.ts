// What verify finds in a log whose rows are not as a relay leaves them.
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { open, type Database } from 'lmdb'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { openDataFolder } from '../../sync-api/adapters/node/data-folder'
import { inspectFolder } from '../../sync-api/adapters/node/inspection'
import { openLmdbDirectory } from '../../sync-api/adapters/node/lmdb-directory'
import { openLmdbLog } from '../../sync-api/adapters/node/lmdb-log'
import {
  checkpointKey,
  encodeCheckpoint,
  encodeEntry,
  entryKey
} from '../../sync-api/adapters/node/log-rows'
import { loadTicketKeys } from '../../sync-api/adapters/node/ticket-keys'
import { foldUpdates } from '../../sync-api/core/fold'
import type { NewEntry } from '../../sync-api/core/ports'
import { entryZero } from '../../sync-api/protocol/entry-zero'
import { libraryIdOf } from '../../sync-api/protocol/ids'
import { encodeRightsEntry } from '../../sync-api/protocol/rights'
import { endlessDisk } from '../contracts/endless-disk'
import { channelOf, entryOf } from '../contracts/log-samples'
import { aPerson } from '../contracts/store-samples'
import { firstUpdateOf, writerOf } from '../honest'

const content = channelOf('document')
const rights = { ...content, channel: 'rights' as const }
const created: NewEntry = rightsEntry(encodeRightsEntry({ kind: 'created', at: 1, by: aPerson }))

const updateOf = (text: string): Uint8Array =>
  firstUpdateOf(content, aPerson, writerOf(Number(text)), text)

let path: string
beforeEach(async () => {
  path = await mkdtemp(join(tmpdir(), 'meridian-inspection-'))
  await (await openDataFolder(path)).close()
  await loadTicketKeys(join(path, 'ticket-key.json'))
  const directory = openLmdbDirectory(join(path, 'directory.mdb'), endlessDisk)
  await directory.close()
  const log = await openLmdbLog(join(path, 'log.mdb'), endlessDisk)
  await log.append(rights, [created])
  await log.append(content, [written(1), written(2), written(3), written(4)])
  await log.close()
})
afterEach(() => rm(path, { recursive: true }))

function rightsEntry(update: Uint8Array): NewEntry {
  return { ...entryOf(1, 1), update }
}

function written(n: number): NewEntry {
  return { ...entryOf(1, n), update: updateOf(`${n}`) }
}

/** Changes a file behind the relay's back. */
async function change(
  file: 'log.mdb' | 'directory.mdb',
  table: string,
  edit: (rows: Database<Buffer, Buffer>) => void
): Promise<void> {
  const binary = file === 'log.mdb' ? ({ encoding: 'binary', keyEncoding: 'binary' } as const) : {}
  const root = open<Buffer, Buffer>({ path: join(path, file), noSubdir: true, ...binary })
  edit(root.openDB<Buffer, Buffer>({ name: table, ...binary, encoding: 'binary' }))
  await root.close()
}
const changeLog = (edit: (rows: Database<Buffer, Buffer>) => void): Promise<void> =>
  change('log.mdb', 'entries', edit)

async function problems(): Promise<string[]> {
  const found: string[] = []
  await inspectFolder(path, ({ kind, text }) => found.push(`${kind}: ${text}`))
  return found
}

function checkpointAt(sequence: number, n: number, ...updates: Uint8Array[]): Buffer {
  const update = foldUpdates([entryZero, ...updates])
  const checkpoint = { update, authors: new Map(), firstAt: 1, lastAt: 2 }
  return encodeCheckpoint({ checkpoint, sequence, outboxes: new Map([[entryOf(1, 1).outbox, n]]) })
}

it('finds nothing in a folder as the relay leaves it, folded or not', async () => {
  expect(await problems()).toEqual([])
  await changeLog((rows) => {
    for (const n of [1, 2]) rows.removeSync(entryKey(content, n))
    // Made while 3 and 4 were already there: a checkpoint knows their numbers too.
    rows.putSync(checkpointKey(content), checkpointAt(2, 4, updateOf('1'), updateOf('2')))
  })
  expect(await problems()).toEqual([])
})

it('names entries that are missing', async () => {
  await changeLog((rows) => {
    rows.removeSync(entryKey(content, 2))
    rows.removeSync(entryKey(content, 3))
  })
  expect((await problems())[0]).toContain(
    `damage: Entries 2 to 3 of ${content.document}/content missing.`
  )
})

it('names an end that is missing, where a checkpoint knew of it', async () => {
  await changeLog((rows) => {
    for (const n of [1, 2, 4]) rows.removeSync(entryKey(content, n))
    rows.putSync(checkpointKey(content), checkpointAt(2, 4, updateOf('1'), updateOf('2')))
  })
  expect(await problems()).toEqual([
    expect.stringContaining('ends at number 3 of an outbox of which its checkpoint knows 4')
  ])
})

it('names a number of an outbox that is out of turn', async () => {
  await changeLog((rows) => rows.putSync(entryKey(content, 4), encodeEntry(written(6))))
  expect(await problems()).toEqual([
    expect.stringContaining('has number 6 of its outbox where 4 was due')
  ])
})

it('names an entry that a checkpoint holds and that is still there', async () => {
  await changeLog((rows) => {
    for (const n of [1, 3]) rows.removeSync(entryKey(content, n))
    rows.putSync(checkpointKey(content), checkpointAt(3, 4, updateOf('1')))
  })
  expect((await problems())[0]).toContain('stands beside a checkpoint that holds it')
})

it('names what is no update, no entry of rights, and no row of a log', async () => {
  const broken = { ...written(4), update: new Uint8Array([9, 9, 9, 9]) }
  await changeLog((rows) => {
    rows.putSync(entryKey(content, 4), encodeEntry(broken))
    rows.putSync(entryKey(rights, 2), encodeEntry({ ...rightsEntry(broken.update), n: 2 }))
    rows.putSync(Buffer.from('strange'), Buffer.from('row'))
  })
  const found = await problems()
  expect(found).toEqual(
    expect.arrayContaining([
      expect.stringContaining(`Entry 4 of ${content.document}/content is no Yjs update`),
      expect.stringContaining(`Entry 2 of ${content.document}/rights is no entry of rights`),
      expect.stringContaining('The log has a row that it never makes')
    ])
  )
  expect(found).toHaveLength(3)
})

it('names a document that nobody owns', async () => {
  await changeLog((rows) => rows.removeSync(entryKey(rights, 1)))
  expect(await problems()).toEqual([
    expect.stringContaining(`${content.document}/rights names no owner`)
  ])
})

it('names a fact of the directory that is damaged, and a recovery key it does not know', async () => {
  const log = await openLmdbLog(join(path, 'log.mdb'), endlessDisk)
  const library = { document: libraryIdOf(aPerson), channel: 'rights' } as const
  const recovery = { kind: 'recovery-set', at: 1, by: aPerson, hash: 'h'.repeat(43) } as const
  await log.append(library, [created, { ...rightsEntry(encodeRightsEntry(recovery)), n: 2 }])
  await log.close()
  await change('directory.mdb', 'facts', (rows) => {
    rows.putSync('code:abc' as unknown as Buffer, Buffer.from('{"value":'))
  })
  expect(await problems()).toEqual([
    expect.stringContaining('damage: The directory is damaged at code:abc'),
    expect.stringContaining(`note: The directory does not know the recovery key of ${aPerson}`)
  ])
})

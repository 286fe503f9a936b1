// The log's contract, in memory, on lmdb and in the replica of a global table.
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { open } from 'lmdb'
import { expect, it } from 'vitest'
import { createMemoryLog } from '../../sync-api/adapters/memory/log'
import { openLmdbLog } from '../../sync-api/adapters/node/lmdb-log'
import { beginning, channelOf, entriesOf } from './log-samples'
import { logContract, type LogPlace } from './log'
import { endlessDisk } from './endless-disk'
import { singleRegion } from './single-region'

const memory = async (): Promise<LogPlace> => ({
  open: async () => createMemoryLog(),
  openOther: async () => createMemoryLog(new Uint8Array(8).fill(7)),
  reopen: null,
  remove: async () => undefined
})

const lmdb = async (): Promise<LogPlace> => {
  const folder = await mkdtemp(join(tmpdir(), 'meridian-log-'))
  const file = join(folder, 'log.mdb')
  return {
    open: () => openLmdbLog(file, endlessDisk),
    openOther: () => openLmdbLog(join(folder, 'other.mdb'), endlessDisk),
    async reopen(log) {
      await log.close()
      return openLmdbLog(file, endlessDisk)
    },
    remove: () => rm(folder, { recursive: true })
  }
}

const globalTable = async (): Promise<LogPlace> => ({
  open: async () => singleRegion(1).open(),
  openOther: async () => singleRegion(2).open(),
  reopen: null,
  remove: async () => undefined
})

logContract('memory', memory)
logContract('lmdb', lmdb)
logContract('a global table', globalTable, { isHere: true, hasOneWriter: false })

it('names the entry whose row on disk is damaged, instead of handing it out', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'meridian-log-'))
  const file = join(folder, 'log.mdb')
  const ref = channelOf('damaged')
  const log = await openLmdbLog(file, endlessDisk)
  await log.append(ref, entriesOf(1, 1, 3))
  await log.close()
  await damageSecondRow(file)
  const again = await openLmdbLog(file, endlessDisk)
  const expected = `The log is damaged at entry 2 of ${ref.document}/content`
  await expect(again.head(ref)).rejects.toThrow(expected)
  await expect(again.read(ref, beginning, 1_000)).rejects.toThrow(expected)
  expect((await again.head(channelOf('another'))).unfoldedEntries).toBe(0)
  await again.close()
  await rm(folder, { recursive: true })
})

async function damageSecondRow(file: string): Promise<void> {
  const binary = { encoding: 'binary', keyEncoding: 'binary' } as const
  const root = open<Buffer, Buffer>({ path: file, noSubdir: true, ...binary })
  const rows = root.openDB<Buffer, Buffer>({ name: 'entries', ...binary })
  const second = [...rows.getRange({})][1]!
  const row = Buffer.from(second.value)
  row.writeUInt8(row.readUInt8(row.length - 1) ^ 1, row.length - 1)
  await rows.put(second.key, row)
  await root.close()
}

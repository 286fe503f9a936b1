// The power fails at any point of what a real host wrote: the log opens and holds all it acknowledged.
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openLmdbLog } from '../../sync-api/adapters/node/lmdb-log'
import { endlessDisk } from '../contracts/endless-disk'
import type { Log } from '../../sync-api/core/ports'
import { channelKey, type ChannelRef } from '../../sync-api/protocol/ids'
import { findCommand } from '../browser/browsers.mjs'
import { createChance } from '../simulation/chance'
import { beginning } from '../wire/bed'
import { imageAfter, writesOf, type DiskWrite } from './disk'
import { buildPlanted, plantedFolder } from './planted'
import { acknowledgement, tracePushes, type Marked } from './pushing'

const writers = 4
const pushesEach = 120
const crashes = 2_000
const seed = 20_261_124

let folder: string

const isUntraceable = findCommand('strace') === null
beforeAll(async () => {
  if (isUntraceable) return
  // What lmdb does after a restart of the machine: trust what was flushed, not what was written.
  process.env['LMDB_RESTORE'] = 'safe'
  folder = await mkdtemp(join(tmpdir(), 'meridian-power-'))
})
afterAll(async () => {
  if (isUntraceable) return
  for (const made of [folder, plantedFolder]) await rm(made, { recursive: true, force: true })
})

test.skipIf(isUntraceable)(
  `whatever of the unflushed is lost or torn, at ${crashes} points, nothing acknowledged is`,
  async () => {
    expect(await lossesOf(await record('dist'), crashes)).toEqual([])
  }
)

test.skipIf(isUntraceable)('a host that acknowledges before the commit is found out', async () => {
  const recorded = await record(await buildPlanted('acknowledges before the commit'))
  expect(await lossesOf(recorded, crashes / 10)).not.toEqual([])
})

type Recorded = {
  readonly writes: readonly DiskWrite[]
  /** Lines of the trace where each push was acknowledged, and where it ends. */
  readonly acknowledged: ReadonlyMap<Marked, number>
  readonly last: number
}

async function record(build: string): Promise<Recorded> {
  const { pushes, trace, ofLog } = await tracePushes(folder, build, writers, pushesEach)
  const lineOf = (push: Marked): number => acknowledgement(push, trace)?.began ?? Infinity
  return {
    writes: writesOf(ofLog, trace),
    acknowledged: new Map(pushes.map((push) => [push, lineOf(push)])),
    last: trace.calls.at(-1)!.returned
  }
}

/** What was lost at random points of the trace, in words. */
async function lossesOf(recorded: Recorded, points: number): Promise<string[]> {
  const { writes, acknowledged, last } = recorded
  const chance = createChance(seed)
  const first = Math.min(...acknowledged.values())
  const losses: string[] = []
  for (let point = 0; point < points; point++) {
    const line = first + chance.below(last - first)
    const image = imageAfter(writes, line, chance)
    const told = [...acknowledged.keys()].filter((push) => acknowledged.get(push)! < line)
    for (const loss of await lossesIn(image, told, point)) losses.push(`line ${line}: ${loss}`)
  }
  return losses
}

async function lossesIn(
  image: Uint8Array<ArrayBuffer>,
  told: readonly Marked[],
  point: number
): Promise<string[]> {
  const file = join(folder, `${point}.mdb`)
  await writeFile(file, image)
  try {
    const log = await openLmdbLog(file, endlessDisk)
    try {
      return await missingIn(log, told)
    } finally {
      await log.close()
    }
  } catch (cause) {
    return [`the log does not open or read: ${String(cause)}`]
  } finally {
    await rm(file, { force: true })
    await rm(`${file}-lock`, { force: true })
  }
}

async function missingIn(log: Log, told: readonly Marked[]): Promise<string[]> {
  const held = new Map<string, string>()
  const missing: string[] = []
  for (const push of told) {
    const key = channelKey(push)
    const texts = held.get(key) ?? (await textIn(log, push))
    held.set(key, texts)
    if (!texts.includes(push.mark)) missing.push(`push ${push.n} of ${key} is gone`)
    const head = await log.head(push)
    if ((head.outboxes.get(push.outbox) ?? 0) < push.n) missing.push(`${key} forgot ${push.n}`)
  }
  return missing
}

/** All update bytes of a channel, as text in which each mark stands as it was written. */
async function textIn(log: Log, ref: ChannelRef): Promise<string> {
  const texts: string[] = []
  let cursor: Uint8Array = beginning
  for (let more = true; more;) {
    const page = await log.read(ref, cursor, 64 * 1024)
    if (page === null) throw new Error('A cursor of its own means nothing to the log')
    const updates = page.entries.map(({ update }) => update)
    for (const update of [page.checkpoint?.update, ...updates]) {
      if (update !== undefined) texts.push(Buffer.from(update).toString('latin1'))
    }
    ;({ more, to: cursor } = page)
  }
  return texts.join('\n')
}

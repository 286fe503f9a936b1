// Killing a process does not test its flushes, since the kernel keeps what was written: this does.
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { findCommand } from '../browser/browsers.mjs'
import { buildPlanted, plantedFolder, plantNames } from './planted'
import { acknowledgement, tracePushes, type Marked, type Traced } from './pushing'
import type { Syscall } from './syscalls'

const isUntraceable = findCommand('strace') === null
const writers = 4
const pushesEach = 40

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'meridian-trace-'))
})
afterAll(async () => {
  for (const made of [folder, plantedFolder]) await rm(made, { recursive: true, force: true })
})

test.skipIf(isUntraceable)(
  'before an acknowledgement leaves, the flush of what it acknowledges has returned',
  async () => {
    const traced = await tracePushes(folder, 'dist', writers, pushesEach)
    expect(traced.pushes).toHaveLength(writers * pushesEach)
    const verdicts = traced.pushes.map((push) => verdictOn(push, traced))
    expect(verdicts).toEqual(traced.pushes.map(() => 'flushed before'))
  }
)

test.skipIf(isUntraceable).each(plantNames)('a host that %s is found out', async (plant) => {
  const traced = await tracePushes(folder, await buildPlanted(plant), writers, pushesEach)
  const verdicts = new Set(traced.pushes.map((push) => verdictOn(push, traced)))
  expect(verdicts).toContain('acknowledged before the flush')
})

type Verdict = 'flushed before' | 'acknowledged before the flush' | 'never written' | 'never acked'

/**
 * An entry is durable when its pages were written, then flushed, and then the page that points to
 * them was written through a descriptor that flushes each write (lmdb's overlapping sync).
 */
function verdictOn(push: Marked, { trace, ofLog }: Traced): Verdict {
  const mark = Buffer.from(push.mark).toString('hex')
  const written = ofLog.find(({ bytes }) => bytes.includes(mark))
  const told = acknowledgement(push, trace)
  if (told === undefined) return 'never acked'
  if (written === undefined) return 'never written'
  const flushed = ofLog.find((call) => isFlush(call) && call.began > written.returned)
  const pointed = ofLog.find(
    ({ fd, began }) => trace.synchronous.has(fd) && began > (flushed?.returned ?? Infinity)
  )
  return (pointed?.returned ?? Infinity) < told.began
    ? 'flushed before'
    : 'acknowledged before the flush'
}

function isFlush({ name }: Syscall): boolean {
  return name === 'fdatasync' || name === 'fsync'
}

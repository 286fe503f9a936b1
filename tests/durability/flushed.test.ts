// Killing a process does not test its flushes, since the kernel keeps what was written: this does.
import { randomBytes } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { encodeServerMessage } from '../../sync-api/protocol/codec'
import type { OutboxId } from '../../sync-api/protocol/ids'
import type { Push } from '../../sync-api/protocol/messages'
import { findCommand } from '../browser/browsers.mjs'
import { startHost } from '../host'
import { pushOf, shareDocument, subscribeTo, updateOf } from '../wire/bed'
import { connect } from '../wire/client'
import { newOutbox } from '../wire/device'
import { buildPlanted, plantNames } from './planted'
import { readTrace, tracedInto, type Syscall, type Trace } from './syscalls'

const isUntraceable = findCommand('strace') === null
const writers = 4
const pushesEach = 40

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'meridian-trace-'))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

test.skipIf(isUntraceable)(
  'before an acknowledgement leaves, the flush of what it acknowledges has returned',
  async () => {
    const { pushes, trace } = await tracedPushes('dist')
    expect(pushes).toHaveLength(writers * pushesEach)
    expect(pushes.map((push) => verdictOn(push, trace))).toEqual(pushes.map(() => 'flushed before'))
  }
)

test.skipIf(isUntraceable).each(plantNames)('a host that %s is found out', async (plant) => {
  const { pushes, trace } = await tracedPushes(await buildPlanted(plant))
  const verdicts = new Set(pushes.map((push) => verdictOn(push, trace)))
  expect(verdicts).toContain('acknowledged before the flush')
})

/** Several people push into a document each, some pushes at a time and some alone. */
async function tracedPushes(build: string): Promise<{ pushes: Pushed[]; trace: Trace }> {
  const file = join(folder, `${randomBytes(4).toString('hex')}.trace`)
  const host = await startHost({ under: tracedInto(file), build })
  const pushes = await Promise.all(Array.from({ length: writers }, () => pushMany(host.url)))
  await host.stop()
  return { pushes: pushes.flat(), trace: await readTrace(file) }
}

type Pushed = Push & { readonly mark: string }

async function pushMany(url: string): Promise<Pushed[]> {
  const { owner, document, content } = await shareDocument(url)
  const client = await connect(url, await owner.ticket())
  client.say(subscribeTo(document))
  await client.hear('subscribed')
  const outbox: OutboxId = newOutbox()
  const pushes = Array.from({ length: pushesEach }, (_, at): Pushed => {
    const mark = randomBytes(12).toString('hex')
    return { ...pushOf(content, outbox, at + 1, updateOf(mark)), mark }
  })
  for (const push of pushes) {
    client.say(push)
    // Every third waits for its answer; the others share commits with what comes after them.
    if (push.n % 3 === 0) while ((await client.hear('ack')).n < push.n);
  }
  const last = pushes.at(-1)!
  if (last.n % 3 !== 0) while ((await client.hear('ack')).n < last.n);
  await client.close()
  return pushes
}

type Verdict = 'flushed before' | 'acknowledged before the flush' | 'never written' | 'never acked'

/**
 * An entry is durable when its pages were written, then flushed, and then the page that points to
 * them was written through a descriptor that flushes each write (lmdb's overlapping sync).
 */
function verdictOn(push: Pushed, { calls, synchronous }: Trace): Verdict {
  const mark = Buffer.from(push.mark).toString('hex')
  const ack = ackOf(push)
  const inLog = calls.filter(({ path, succeeded }) => path.endsWith('/log.mdb') && succeeded)
  const written = inLog.find(({ bytes }) => bytes.includes(mark))
  const told = calls.find(({ path, bytes }) => !path.endsWith('.mdb') && bytes.includes(ack))
  if (told === undefined) return 'never acked'
  if (written === undefined) return 'never written'
  const isFlush = ({ name }: Syscall): boolean => name === 'fdatasync' || name === 'fsync'
  const flushed = inLog.find((call) => isFlush(call) && call.began > written.returned)
  const pointed = inLog.find(
    ({ fd, began }) => synchronous.has(fd) && began > (flushed?.returned ?? Infinity)
  )
  return (pointed?.returned ?? Infinity) < told.began
    ? 'flushed before'
    : 'acknowledged before the flush'
}

/** The bytes of an acknowledgement up to where the log's cursors begin, as hex digits. */
function ackOf({ document, channel, outbox, n }: Push): string {
  const nowhere = { from: new Uint8Array(0), to: new Uint8Array(0) }
  const ack = encodeServerMessage({ type: 'ack', document, channel, outbox, n, ...nowhere })
  return Buffer.from(ack.subarray(0, -2)).toString('hex')
}

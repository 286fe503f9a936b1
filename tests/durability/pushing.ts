// A host under strace with people who push into it: what both kinds of durability tests begin with.
import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { encodeServerMessage } from '../../sync-api/protocol/codec'
import type { Push } from '../../sync-api/protocol/messages'
import { startHost } from '../host'
import { beginning, pushOf, shareDocument, subscribeTo } from '../wire/bed'
import { connect } from '../wire/client'
import { newOutbox } from '../wire/device'
import { readTrace, tracedInto, type Syscall, type Trace } from './syscalls'

/** A push with a word that stands in its update and nowhere else. */
export type Marked = Push & { readonly mark: string }

export type Traced = {
  readonly pushes: readonly Marked[]
  readonly trace: Trace
  /** Calls about the log's file that did not fail. */
  readonly ofLog: readonly Syscall[]
}

/** Several people push into a document each, some pushes at a time and some alone. */
export async function tracePushes(
  folder: string,
  build: string,
  writers: number,
  pushesEach: number
): Promise<Traced> {
  const file = join(folder, `${randomBytes(4).toString('hex')}.trace`)
  const host = await startHost({ under: tracedInto(file), build })
  const pushes = await Promise.all(
    Array.from({ length: writers }, () => pushMany(host.url, pushesEach))
  )
  await host.stop()
  const trace = await readTrace(file)
  const ofLog = trace.calls.filter(({ path, result }) => path.endsWith('/log.mdb') && result >= 0)
  return { pushes: pushes.flat(), trace, ofLog }
}

async function pushMany(url: string, count: number): Promise<Marked[]> {
  const { owner, document, content } = await shareDocument(url)
  const client = await connect(url, await owner.ticket())
  client.say(subscribeTo(document))
  await client.hear('subscribed')
  const outbox = newOutbox()
  const pushes = Array.from({ length: count }, (_, at): Marked => {
    const mark = randomBytes(12).toString('hex')
    return { ...pushOf(content, outbox, at + 1, mark), mark }
  })
  for (const push of pushes) {
    client.say(push)
    // Every third waits for its answer; the others share commits with what comes after them.
    if (push.n % 3 === 0 || push.n === count) while ((await client.hear('ack')).n < push.n);
  }
  await client.close()
  // What is read from its beginning is folded if it is worth it: its rows are moved once more.
  await owner.bulk({ type: 'pull', ...content, cursor: beginning })
  return pushes
}

/** The call that told the author, if there was one. */
export function acknowledgement(push: Push, { calls }: Trace): Syscall | undefined {
  const { document, channel, outbox, n } = push
  const nowhere = { from: new Uint8Array(0), to: new Uint8Array(0) }
  const ack = encodeServerMessage({ type: 'ack', document, channel, outbox, n, ...nowhere })
  // Without the log's cursors, which are its last two bytes when they are empty.
  const bytes = Buffer.from(ack.subarray(0, -2)).toString('hex')
  return calls.find((call) => !call.path.endsWith('.mdb') && call.bytes.includes(bytes))
}

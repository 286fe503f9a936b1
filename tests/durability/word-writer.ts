// Somebody who writes numbered words into a document, over connections that may die at any moment.
import * as Y from 'yjs'
import { clientIdOf, type OutboxId } from '../../sync-api/protocol/ids'
import type { Entry, Push } from '../../sync-api/protocol/messages'
import { pushOfUpdate, subscribeTo, type SharedDocument } from '../wire/bed'
import { connect, type WireClient } from '../wire/client'
import { newOutbox, newWriter } from '../wire/device'

export type WordWriter = {
  readonly name: string
  readonly outbox: OutboxId
  /** Words written, and how many of them, from the first, were acknowledged. */
  written(): number
  acked(): number
  /** How many of this writer's words another has received while they were new. */
  heard(): number
  /**
   * Connects, sends again what has no acknowledgement, and goes on writing until the connection
   * dies. Every acknowledgement is told of. Rejects when the relay says anything unexpected.
   */
  writeUntilCut(url: string, ticket: string, onAck: () => void): Promise<void>
}

/** Pushes a writer has under way, as many as the relay's welcome allows. */
const inFlight = 16

/** Several writers of one document, who hear each other. */
export function createWriters(shared: SharedDocument, count: number): readonly WordWriter[] {
  const heard = new Map<OutboxId, number>()
  const hear = (entries: readonly Entry[]): void => {
    for (const { outbox, n } of entries) heard.set(outbox, Math.max(n, heard.get(outbox) ?? 0))
  }
  return Array.from({ length: count }, (_, at) => createWriter(shared, `w${at}`, heard, hear))
}

function createWriter(
  shared: SharedDocument,
  name: string,
  heard: ReadonlyMap<OutboxId, number>,
  hear: (entries: readonly Entry[]) => void
): WordWriter {
  const outbox = newOutbox()
  const writeNext = createWords(shared, name, outbox)
  const pushes: Push[] = []
  let acked = 0

  async function talk(client: WireClient, onAck: () => void): Promise<never> {
    let sent = acked
    const fill = (): void => {
      while (sent < acked + inFlight) {
        if (sent === pushes.length) pushes.push(writeNext(sent + 1))
        client.say(pushes[sent++]!)
      }
    }
    client.say(subscribeTo(shared.document))
    await client.hear('subscribed')
    for (;;) {
      fill()
      const message = await client.next()
      if (message.type === 'entry') hear(message.entries)
      if (message.type === 'ack') {
        // A number is never skipped: what it builds on would be gone.
        if (message.n !== acked + 1) throw new Error(`${name}: ack ${message.n} after ${acked}`)
        acked = message.n
        onAck()
      } else if (message.type !== 'entry') {
        throw new Error(`${name} at ${acked}: ${JSON.stringify(message)}`)
      }
    }
  }

  return {
    name,
    outbox,
    written: () => pushes.length,
    acked: () => acked,
    heard: () => heard.get(outbox) ?? 0,
    async writeUntilCut(url, ticket, onAck) {
      try {
        await talk(await connect(url, ticket, { coat: 'binary' }), onAck)
      } catch (cause) {
        if (!isCut(cause)) throw cause
      }
    }
  }
}

/** Each word goes behind the one before it, in a replica that holds this writer's words alone. */
function createWords(
  { owner, content }: SharedDocument,
  name: string,
  outbox: OutboxId
): (n: number) => Push {
  const writer = newWriter()
  const doc = new Y.Doc()
  doc.clientID = clientIdOf(content, owner.person, writer)
  let update: Uint8Array = new Uint8Array(0)
  doc.on('update', (bytes) => (update = bytes))
  return (n) => {
    const title = doc.getText('title')
    title.insert(title.length, `${name}.${n} `)
    return pushOfUpdate(content, outbox, n, update, writer)
  }
}

/** What a connection says whose other end was killed. */
function isCut(cause: unknown): boolean {
  if (!(cause instanceof Error)) return false
  const code = 'code' in cause ? cause.code : null
  return cause.message.startsWith('Closed: 1006') || code === 'ECONNREFUSED' || isReset(cause)
}

function isReset(cause: Error & { code?: unknown }): boolean {
  return cause.code === 'ECONNRESET' || cause.message === 'socket hang up'
}

/** What is wrong with the words of a document that holds `updates`; nothing when all is there. */
export function wrongWords(
  updates: readonly Uint8Array[],
  writers: readonly WordWriter[]
): readonly string[] {
  const doc = new Y.Doc()
  Y.transact(doc, () => {
    for (const update of updates) Y.applyUpdate(doc, update)
  })
  const words = doc.getText('title').toJSON().trim().split(/\s+/)
  return writers.flatMap((writer) => wrongOf(writer, words))
}

function wrongOf(writer: WordWriter, words: readonly string[]): string[] {
  const { name } = writer
  const start = `${name}.`
  const numbers = words
    .filter((word) => word.startsWith(start))
    .map((word) => Number(word.slice(start.length)))
  const wrong: string[] = []
  if (numbers.some((n, at) => n !== at + 1)) wrong.push(`${name} reads ${numbers.join(' ')}`)
  const held = numbers.length
  if (held < writer.acked()) wrong.push(`${name}: ${writer.acked()} acknowledged, ${held} held`)
  if (held < writer.heard()) wrong.push(`${name}: ${writer.heard()} handed out, ${held} held`)
  if (held > writer.written()) wrong.push(`${name}: ${writer.written()} written, ${held} held`)
  return wrong
}

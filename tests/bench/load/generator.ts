// The load generator: one process that speaks every protocol and does what the stage asks.
import * as Y from 'yjs'
import { answerParent } from '../remote'
import type { BenchDocument, Client, Dialect, DialectName, Ears } from './dialect'
import { floor } from './dialects/floor'
import { hocuspocus } from './dialects/hocuspocus'
import { meridian } from './dialects/meridian'
import { inParallel, openGroup, type Group, type Typed } from './group'
import { makeDocument, somePeople } from './people'
import { readTrace, textOf } from './trace'
import { createWriter, encodeFilledDocument, keysAt } from './writer'

/** Where a call goes: one running server. */
export type Target = { readonly dialect: DialectName; readonly origin: string }

/** What was made earlier in this process and is named by a number. */
export type Handle = number

export type ColdOpen = {
  /** From the first byte of the handshake to the last of the document, ms. */
  readonly ms: number
  readonly bytes: number
  /** To load it into a Y.Doc, ms. */
  readonly loadMs: number
  readonly text: string
}

export type Generator = {
  openGroup(target: Target, documents: number, people: number): Promise<Handle>
  type(
    group: Handle,
    seconds: number,
    keysPerSecond: number,
    typists: 'one' | 'all'
  ): Promise<Typed>
  closeGroup(group: Handle): Promise<void>
  /** Makes documents of so many bytes, each of a person of its own. */
  fill(target: Target, documents: number, bytes: number): Promise<Handle>
  /** Asks for whatever a connection needs first, such as tickets, outside of what is measured. */
  prepare(target: Target, documents: Handle): Promise<void>
  /** One connection to each of the documents; answers their number as a group to be left. */
  connect(target: Target, documents: Handle): Promise<Handle>
  disconnect(connections: Handle): Promise<void>
  /** Types a trace into a new document; answers it with the number of its keys. */
  ingest(target: Target, path: string): Promise<{ documents: Handle; keys: number; text: string }>
  open(target: Target, documents: Handle): Promise<ColdOpen>
  /** Types keys into a new document, as fast as every ms; answers what was acknowledged. */
  burst(target: Target, keys: number): Promise<{ documents: Handle; acknowledged: number }>
  /** How many of a burst's keys the server still has. */
  kept(target: Target, documents: Handle): Promise<number>
}

const dialects: Record<DialectName, Dialect> = { floor, meridian, hocuspocus }
const quiet: Ears = { update: () => {}, acknowledged: () => {} }

/** Keys that one update of a trace carries: what a device seals in about a second of fast typing. */
const keysPerUpdate = 50

const groups = new Map<Handle, Group>()
const shelves = new Map<Handle, readonly BenchDocument[]>()
const connections = new Map<Handle, readonly Client[]>()
const writers = new Map<Handle, number>()
let handles = 0

function keep<T>(where: Map<Handle, T>, what: T): Handle {
  where.set(++handles, what)
  return handles
}

function found<T>(where: Map<Handle, T>, handle: Handle): T {
  const value = where.get(handle)
  if (value === undefined) throw new Error(`Nothing is kept under ${handle}`)
  return value
}

function firstOf(handle: Handle): BenchDocument {
  const [document] = found(shelves, handle)
  if (document === undefined) throw new Error('There is no document')
  return document
}

const generator: Generator = {
  openGroup: async ({ dialect, origin }, documents, people) =>
    keep(groups, await openGroup(dialects[dialect], origin, documents, people)),
  type: (group, seconds, keysPerSecond, typists) =>
    found(groups, group).type(seconds, keysPerSecond, typists),
  closeGroup: async (group) => {
    await found(groups, group).close()
    groups.delete(group)
  },
  fill: async ({ dialect, origin }, documents, bytes) => {
    const people = await somePeople(documents)
    const shelf = await inParallel(people, async (person) => {
      const document = makeDocument(person)
      await dialects[dialect].admit(origin, document, [person])
      // The floor keeps nothing: there is nothing to fill.
      if (dialects[dialect].acknowledges) {
        await push(dialects[dialect], origin, document, (client) => [
          encodeFilledDocument(client, bytes)
        ])
      }
      return document
    })
    return keep(shelves, shelf)
  },
  prepare: async ({ dialect, origin }, documents) => {
    const { prepare } = dialects[dialect]
    await inParallel(found(shelves, documents), ({ owner }) => prepare(origin, owner))
  },
  connect: async ({ dialect, origin }, documents) => {
    const clients = await inParallel(found(shelves, documents), async (document) => {
      const { client } = await dialects[dialect].open(origin, document, document.owner, quiet)
      return client
    })
    return keep(connections, clients)
  },
  disconnect: async (handle) => {
    await inParallel(found(connections, handle), (client) => client.close())
    connections.delete(handle)
  },
  ingest: async ({ dialect, origin }, path) => {
    const [person] = await somePeople(1)
    if (person === undefined) throw new Error('There is nobody')
    const document = makeDocument(person)
    const trace = readTrace(path)
    await dialects[dialect].admit(origin, document, [person])
    await push(dialects[dialect], origin, document, (client) => trace.encode(client, keysPerUpdate))
    return { documents: keep(shelves, [document]), keys: trace.keys, text: trace.endText }
  },
  open: async ({ dialect, origin }, documents) => {
    const document = firstOf(documents)
    await dialects[dialect].prepare(origin, document.owner)
    const from = performance.now()
    const opened = await dialects[dialect].open(origin, document, document.owner, quiet)
    const ms = performance.now() - from
    const doc = new Y.Doc()
    const loadFrom = performance.now()
    for (const update of opened.updates) Y.applyUpdate(doc, update)
    const loadMs = performance.now() - loadFrom
    await opened.client.close()
    return { ms, bytes: opened.bytes, loadMs, text: textOf(opened.updates) }
  },
  burst: async ({ dialect, origin }, keys) => {
    const [person] = await somePeople(1)
    if (person === undefined) throw new Error('There is nobody')
    const document = makeDocument(person)
    await dialects[dialect].admit(origin, document, [person])
    let acknowledged = 0
    const ears: Ears = { update: () => {}, acknowledged: (count) => (acknowledged = count) }
    const { client } = await dialects[dialect].open(origin, document, person, ears)
    for (const update of createWriter(client.clientId).type(keys)) {
      client.push(update)
      await new Promise((resolve) => setTimeout(resolve, 1))
    }
    // As long after the last key as a person's next one.
    await new Promise((resolve) => setTimeout(resolve, 50))
    const handle = keep(shelves, [document])
    writers.set(handle, client.clientId)
    return { documents: handle, acknowledged }
  },
  kept: async ({ dialect, origin }, documents) => {
    const document = firstOf(documents)
    const opened = await dialects[dialect].open(origin, document, document.owner, quiet)
    await opened.client.close()
    const doc = new Y.Doc()
    for (const update of opened.updates) Y.applyUpdate(doc, update)
    const clocks = Y.decodeStateVector(Y.encodeStateVector(doc))
    return keysAt(clocks.get(found(writers, documents)) ?? 0)
  }
}

/** Opens a document, pushes updates, and leaves when all are acknowledged. */
async function push(
  dialect: Dialect,
  origin: string,
  document: BenchDocument,
  encode: (client: number) => readonly Uint8Array[]
): Promise<void> {
  let count = Infinity
  let finish = (): void => {}
  const finished = new Promise<void>((resolve) => (finish = resolve))
  const acknowledged = (so: number): void => {
    if (so >= count) finish()
  }
  const ears: Ears = { update: () => {}, acknowledged }
  const { client } = await dialect.open(origin, document, document.owner, ears)
  const updates = encode(client.clientId)
  count = updates.length
  for (const update of updates) client.push(update)
  await finished
  await client.close()
}

answerParent(generator)
process.on('disconnect', () => process.exit())

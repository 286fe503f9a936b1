// Whatever the order of events, a session keeps its promises, and in the end nothing is missing.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import * as Y from 'yjs'
import {
  clientIdOf,
  type OutboxId,
  type PersonId,
  type WriterId
} from '../../sync-api/protocol/ids'
import { createConversation } from '../../app/sync/conversation'
import { pushesInFlight } from '../../app/sync/session-state'
import type { SessionEvent, WireEffect } from '../../app/sync/session-events'
import { createMemoryStore } from '../../app/store/memory-store'
import { createRelayDouble } from './relay-double'
import { ref } from './session-samples'

const writer = 'AAAAAAAAAAE' as WriterId
const person = 'AAAAAAAAAAAAAAAAAAAAAA' as PersonId
const theirs = 'AAAAAAAAAAI' as OutboxId

type Happening =
  | 'write'
  | 'their-entry'
  | 'relay-hears'
  | 'client-hears'
  | 'store-works'
  | 'cut'
  | 'connect'
  | 'try-again'
const happenings: readonly Happening[] = [
  'write',
  'write',
  'their-entry',
  'relay-hears',
  'relay-hears',
  'client-hears',
  'client-hears',
  'store-works',
  'cut',
  'connect',
  'try-again'
]

/** One device, one relay, and two pipes between them that a cut empties. */
function createWorld(pushesInFlightMax: number) {
  const store = createMemoryStore((length) => new Uint8Array(length).fill(3))
  const relay = createRelayDouble()
  relay.pushesInFlightMax = pushesInFlightMax
  const toRelay: WireEffect[] = []
  const toClient: SessionEvent[] = []
  const mine = new Y.Doc()
  mine.clientID = clientIdOf(ref, person, writer)
  const other = new Y.Doc()
  let connected = false
  let theirLast = 0
  const conversation = createConversation({
    ref,
    store,
    notices: { tell: () => undefined },
    say(effect) {
      expect(connected).toBe(true)
      if (effect.type === 'push') {
        expect(pushesInFlight(conversation.session())).toBeLessThanOrEqual(pushesInFlightMax)
      }
      toRelay.push(effect)
    },
    onStep: () => undefined,
    onStoreFailure: (cause) => {
      throw cause
    }
  })

  function type(doc: Y.Doc, word: string): Uint8Array {
    const before = Y.encodeStateVector(doc)
    doc.getText('title').insert(0, word)
    return Y.encodeStateAsUpdate(doc, before)
  }

  async function write(): Promise<void> {
    await store.appendLocal(ref, [{ update: type(mine, 'm'), writer }])
    if (connected) conversation.dispatch({ type: 'outbox-changed' })
  }

  function theirEntry(): void {
    theirLast += 1
    const live = relay.append({ outbox: theirs, n: theirLast, update: type(other, 't') })
    if (connected && subscribed) toClient.push(live)
  }

  let subscribed = false
  function relayHears(): void {
    const effect = toRelay.shift()
    if (effect === undefined) return
    if (effect.type === 'subscribe') subscribed = true
    toClient.push(...relay.answers(effect))
  }

  function cut(): void {
    connected = false
    subscribed = false
    toRelay.length = 0
    toClient.length = 0
    conversation.dispatch({ type: 'disconnected' })
  }

  function connect(eager: boolean): void {
    if (connected) return
    connected = true
    conversation.begin({ nonce: null, eager, unsent: true })
  }

  function clientHears(): void {
    const event = toClient.shift()
    if (event !== undefined) conversation.dispatch(event)
  }

  async function happen(what: Happening): Promise<void> {
    switch (what) {
      case 'write':
        return write()
      case 'their-entry':
        return theirEntry()
      case 'relay-hears':
        return relayHears()
      case 'client-hears':
        return clientHears()
      case 'store-works':
        return conversation.idle()
      case 'cut':
        return cut()
      case 'connect':
        return connect(theirLast % 2 === 0)
      case 'try-again':
        return conversation.dispatch({ type: 'try-again' })
    }
  }

  /** Whatever the cursor covers is stored here. */
  async function checkCursor(): Promise<void> {
    const { cursor } = await store.state(ref)
    const { updates } = await store.load(ref)
    const here = new Y.Doc()
    for (const update of updates) Y.applyUpdate(here, update)
    const there = new Y.Doc()
    for (const entry of relay.log.slice(0, relay.position(cursor))) {
      Y.applyUpdate(there, entry.update)
    }
    const known = Y.decodeStateVector(Y.encodeStateVector(here))
    for (const [client, clock] of Y.decodeStateVector(Y.encodeStateVector(there))) {
      expect(known.get(client) ?? 0).toBeGreaterThanOrEqual(clock)
    }
  }

  function checkLog(): void {
    const last = new Map<OutboxId, number>()
    for (const { outbox, n } of relay.log) {
      expect(n).toBe((last.get(outbox) ?? 0) + 1)
      last.set(outbox, n)
    }
  }

  async function heal(): Promise<void> {
    connect(true)
    for (let quiet = 0; quiet < 3;) {
      await conversation.idle()
      quiet = toRelay.length + toClient.length === 0 ? quiet + 1 : 0
      relayHears()
      clientHears()
    }
  }

  async function checkEnd(): Promise<void> {
    expect(conversation.session().kind).toBe('live')
    const { outboxRows, sealedBatches, cursor } = await store.state(ref)
    expect({ outboxRows, sealedBatches }).toEqual({ outboxRows: 0, sealedBatches: 0 })
    expect(relay.position(cursor)).toBe(relay.log.length)
    const there = new Y.Doc()
    for (const entry of relay.log) Y.applyUpdate(there, entry.update)
    const here = new Y.Doc()
    for (const update of (await store.load(ref)).updates) Y.applyUpdate(here, update)
    expect(here.getText('title').toString()).toBe(there.getText('title').toString())
    expect(Y.encodeStateVector(there).length).toBeGreaterThan(0)
    const typed = mine.getText('title').length + other.getText('title').length
    expect(there.getText('title').length).toBe(typed)
  }

  return { happen, heal, checkCursor, checkLog, checkEnd }
}

describe('a session under any order of events', () => {
  test('[NU1] [NU9] [CU5] keeps to its limit, skips no number, never moves the cursor ahead', async () => {
    const runs = fc.asyncProperty(
      fc.array(fc.constantFrom(...happenings), { maxLength: 120 }),
      fc.integer({ min: 1, max: 4 }),
      async (events, pushesInFlightMax) => {
        const world = createWorld(pushesInFlightMax)
        for (const event of events) {
          await world.happen(event)
          await world.checkCursor()
        }
        await world.heal()
        world.checkLog()
        await world.checkEnd()
      }
    )
    await fc.assert(runs, { numRuns: 300 })
  })
})

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
import type { SyncStore } from '../../app/store/ports'
import { createRelayDouble } from './relay-double'
import { ref } from './session-samples'

const writer = 'AAAAAAAAAAE' as WriterId
const person = 'AAAAAAAAAAAAAAAAAAAAAA' as PersonId
const theirs = 'AAAAAAAAAAI' as OutboxId

type Happening =
  | 'write'
  | 'their-entry'
  | 'relay-hears'
  /** The relay has read the page of a pull; live entries may have overtaken it. */
  | 'relay-reads'
  /** The relay cannot store a push: it will not be acknowledged. */
  | 'relay-drops'
  | 'client-hears'
  /** The store answers what it did a while ago. */
  | 'store-answers'
  | 'cut'
  | 'connect'
  | 'try-again'
const happenings: readonly Happening[] = [
  'write',
  'write',
  'their-entry',
  'relay-hears',
  'relay-hears',
  'relay-reads',
  'relay-drops',
  'client-hears',
  'client-hears',
  'store-answers',
  'store-answers',
  'store-answers',
  'cut',
  'connect',
  'connect',
  'try-again'
]

/** A store that does what it is asked at once and answers when told to. */
function createSlowStore(store: SyncStore) {
  const waiting: (() => void)[] = []
  let slow = true
  async function answered<T>(work: Promise<T>): Promise<T> {
    const answer = await work
    if (slow) await new Promise<void>((resolve) => waiting.push(resolve))
    return answer
  }
  return {
    answer: () => waiting.shift()?.(),
    hurry() {
      slow = false
      for (const answer of waiting.splice(0)) answer()
    },
    store: {
      state: (channel) => answered(store.state(channel)),
      seal: (channel) => answered(store.seal(channel)),
      receive: (...args) => answered(store.receive(...args)),
      receiveNext: (...args) => answered(store.receiveNext(...args)),
      settle: (...args) => answered(store.settle(...args)),
      giveBack: (...args) => answered(store.giveBack(...args)),
      doubt: (channel) => answered(store.doubt(channel)),
      pending: () => answered(store.pending()),
      setAside: (...args) => answered(store.setAside(...args))
    } satisfies SyncStore
  }
}

/** One device, one relay, and two pipes between them that a cut empties. */
function createWorld(pushesInFlightMax: number) {
  const store = createMemoryStore((length) => new Uint8Array(length).fill(3))
  const slow = createSlowStore(store)
  const relay = createRelayDouble()
  relay.pushesInFlightMax = pushesInFlightMax
  const toRelay: WireEffect[] = []
  const toClient: SessionEvent[] = []
  const pages: SessionEvent[] = []
  const mine = new Y.Doc()
  mine.clientID = clientIdOf(ref, person, writer)
  const other = new Y.Doc()
  let connected = false
  let theirLast = 0
  const conversation = createConversation({
    ref,
    store: slow.store,
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
    ;(effect.type === 'pull' ? pages : toClient).push(...relay.answers(effect))
  }

  function relayReads(): void {
    toClient.push(...pages.splice(0, 1))
  }

  function relayDrops(): void {
    if (toRelay[0]?.type === 'push') toRelay.shift()
  }

  function cut(): void {
    connected = false
    subscribed = false
    toRelay.length = 0
    toClient.length = 0
    pages.length = 0
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
      case 'relay-reads':
        return relayReads()
      case 'relay-drops':
        return relayDrops()
      case 'store-answers':
        return slow.answer()
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
    slow.hurry()
    connect(true)
    await conversation.idle()
    // What was dropped is tried again, as the exchange does after a while.
    conversation.dispatch({ type: 'try-again' })
    let quiet = 0
    for (let turns = 0; quiet < 3; turns++) {
      if (turns > 2_000) throw new Error('The two never come to rest')
      await conversation.idle()
      quiet = toRelay.length + toClient.length + pages.length === 0 ? quiet + 1 : 0
      relayHears()
      relayReads()
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
      fc.array(fc.constantFrom(...happenings), { minLength: 20, maxLength: 250, size: 'max' }),
      fc.integer({ min: 1, max: 4 }),
      async (events, pushesInFlightMax) => {
        const world = createWorld(pushesInFlightMax)
        for (const [index, event] of events.entries()) {
          await world.happen(event)
          if (index % 8 === 0) await world.checkCursor()
        }
        await world.heal()
        world.checkLog()
        await world.checkEnd()
      }
    )
    await fc.assert(runs, { numRuns: 100 })
  })
})

// Documents with the people in them, connected to one server, and the typing that is measured.
import * as Y from 'yjs'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import type { BenchDocument, Client, Dialect } from './dialect'
import { Samples, type Spread } from './meter'
import { makeDocument, somePeople, type Person } from './people'
import { createWriter, keysAt, type Writer } from './writer'

export type Typed = {
  /** Keys that arrived at somebody else, counted once per receiver. */
  readonly deliveries: number
  /** Deliveries that never came within the time allowed. */
  readonly missing: number
  /** From the send to the other screen, and to the acknowledgement, ms. */
  readonly arrival: Spread
  readonly acknowledgement: Spread
  /** How late the generator's own event loop was, ms: p99 of its delay. */
  readonly lagMs: number
}

export type Group = {
  /** Types for so long at so many keys a second, by one person of each document or by everybody. */
  type(seconds: number, keysPerSecond: number, typists: 'one' | 'all'): Promise<Typed>
  close(): Promise<void>
}

type Member = {
  readonly client: Client
  readonly writer: Writer
  /** When each key of this writer was sent, ms. */
  readonly sentAt: number[]
  readonly seats: number
  acknowledged: number
}

/** Time for stragglers after the last key, ms. A server that needs more has lost the thread. */
const patienceMs = 20_000

/** Opens `documents` documents with `people` people in each; everybody is a person of their own. */
export async function openGroup(
  dialect: Dialect,
  origin: string,
  documents: number,
  people: number
): Promise<Group> {
  const everybody = await somePeople(documents * people)
  const board = createBoard()
  const seats = Array.from({ length: documents }, (_, at) =>
    everybody.slice(at * people, (at + 1) * people)
  )
  const rooms = await inParallel(seats, (guests) => openRoom(dialect, origin, guests, board))
  return {
    type: async (seconds, keysPerSecond, typists) => {
      const typing = typists === 'all' ? rooms.flat() : rooms.flatMap((room) => room.slice(0, 1))
      return await type(board, typing, seconds, keysPerSecond, dialect.acknowledges)
    },
    close: async () => {
      await inParallel(rooms.flat(), (member) => member.client.close())
    }
  }
}

async function openRoom(
  dialect: Dialect,
  origin: string,
  guests: readonly Person[],
  board: Board
): Promise<Member[]> {
  const [owner] = guests
  if (owner === undefined) throw new Error('A document needs somebody')
  const document: BenchDocument = makeDocument(owner)
  await dialect.admit(origin, document, guests)
  return await inParallel(guests, async (person) => {
    const hear = board.seat()
    // Nothing is heard before the first key, and that is typed when the member is there.
    const ears = {
      update: (update: Uint8Array) => hear(update, member.client.clientId),
      acknowledged: (count: number) => board.acknowledge(member, count)
    }
    const { client } = await dialect.open(origin, document, person, ears)
    const writer = createWriter(client.clientId)
    const member: Member = { client, writer, sentAt: [], seats: guests.length - 1, acknowledged: 0 }
    board.add(member)
    return member
  })
}

type Board = ReturnType<typeof createBoard>

/** Who has seen what: turns updates that arrive into samples. */
function createBoard() {
  const members = new Map<number, Member>()
  let arrivals = new Samples()
  let acknowledgements = new Samples()
  return {
    add: (member: Member): void => void members.set(member.client.clientId, member),
    /** One receiver: what to call with each update that reaches it. */
    seat: () => {
      const seen = new Map<number, number>()
      return (update: Uint8Array, own: number): void => {
        const now = performance.now()
        for (const [client, clock] of Y.parseUpdateMeta(update).to) {
          const member = members.get(client)
          // Hocuspocus sends people their own keys too; that is no delivery.
          if (member === undefined || client === own) continue
          const keys = keysAt(clock)
          for (let key = seen.get(client) ?? 0; key < keys; key++) {
            arrivals.add(now - (member.sentAt[key] ?? now))
          }
          seen.set(client, Math.max(keys, seen.get(client) ?? 0))
        }
      }
    },
    acknowledge: (member: Member, count: number): void => {
      const now = performance.now()
      while (member.acknowledged < count) {
        acknowledgements.add(now - (member.sentAt[member.acknowledged++] ?? now))
      }
    },
    counts: () => ({ arrived: arrivals.size, acknowledged: acknowledgements.size }),
    /** The spreads since the last call. */
    take: () => {
      const spreads = { arrival: arrivals.spread(), acknowledgement: acknowledgements.spread() }
      arrivals = new Samples()
      acknowledgements = new Samples()
      return spreads
    }
  }
}

async function type(
  board: Board,
  typists: readonly Member[],
  seconds: number,
  keysPerSecond: number,
  acknowledges: boolean
): Promise<Typed> {
  const keys = Math.round(seconds * keysPerSecond)
  const encoded = typists.map(({ writer }) => writer.type(Math.ceil(keys / typists.length)))
  const delay = monitorEventLoopDelay({ resolution: 1 })
  board.take()
  delay.enable()
  let expected = 0
  await onTime(keys, keysPerSecond, (key) => {
    const typist = typists[key % typists.length]
    const update = encoded[key % typists.length]?.[Math.floor(key / typists.length)]
    if (typist === undefined || update === undefined) throw new Error('Too few keys were encoded')
    typist.sentAt.push(performance.now())
    typist.client.push(update)
    expected += typist.seats
  })
  const done = (): boolean => {
    const { arrived, acknowledged } = board.counts()
    return arrived >= expected && (!acknowledges || acknowledged >= keys)
  }
  for (const until = performance.now() + patienceMs; !done() && performance.now() < until;) {
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
  delay.disable()
  const spreads = board.take()
  const deliveries = spreads.arrival.count
  // The monitor counts its own millisecond in.
  const lagMs = Math.max(0, delay.percentile(99) / 1e6 - 1)
  return { deliveries, missing: expected - deliveries, ...spreads, lagMs }
}

/** Calls `press` for every key at its time, several at once when a timer was late. */
async function onTime(
  keys: number,
  keysPerSecond: number,
  press: (key: number) => void
): Promise<void> {
  const from = performance.now()
  for (let key = 0; key < keys;) {
    const due = Math.min(keys, 1 + Math.floor(((performance.now() - from) * keysPerSecond) / 1000))
    while (key < due) press(key++)
    await new Promise((resolve) => setTimeout(resolve, 1))
  }
}

/** Calls at once: enough to be quick, few enough to be no attack. */
const atOnce = 16

/** The answers of `work` for all, in order. */
export async function inParallel<T, R>(
  all: readonly T[],
  work: (one: T) => Promise<R>
): Promise<R[]> {
  const answers: R[] = []
  let next = 0
  const worker = async (): Promise<void> => {
    for (let at = next++; at < all.length; at = next++) answers[at] = await work(all[at] as T)
  }
  await Promise.all(Array.from({ length: Math.min(atOnce, all.length) }, worker))
  return answers
}

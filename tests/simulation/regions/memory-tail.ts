// A region's order of its logs, in memory: it may be lost, cut short, or out of reach.
import { sameBytes } from '../../../sync-api/protocol/bytes'
import { channelKey } from '../../../sync-api/protocol/ids'
import { CacheUnreachable } from '../../../sync-api/adapters/aws/tail'
import type {
  Placed,
  Tail,
  TailEntry,
  TailPlace,
  TailView
} from '../../../sync-api/adapters/aws/tail'

type Order = {
  readonly id: Uint8Array
  first: number
  entries: Placed[]
  /** Where each key went. */
  readonly places: Map<string, number>
  /** Numbers of which not everybody is known to have been told. */
  readonly waiting: Set<number>
}

export type MemoryTail = Tail & {
  /** All of it is gone; with `keepsName` what begins anew is called as before, which is a bug. */
  flush(keepsName: boolean): void
  /** Whether it can be reached. */
  reachable: boolean
}

export type MemoryTailParts = {
  readonly random: (length: number) => Uint8Array
  /** Passes before each call, and may let it fail. */
  readonly pause: () => Promise<void>
  /** Entries it keeps of a log. */
  readonly entriesMax: number
}

/** Entries of one answer. */
const answerMax = 100

export function createMemoryTail({ random, pause, entriesMax }: MemoryTailParts): MemoryTail {
  const orders = new Map<string, Order>()
  const names = new Map<string, Uint8Array>()

  function viewOf(order: Order, after: number): TailView {
    const { id, first, entries } = order
    const unsettled = entries.find(({ durable }) => !durable)?.sequence ?? null
    const found = entries.filter(({ sequence }) => sequence > after).slice(0, answerMax)
    return { id, first, last: first + entries.length - 1, entries: found, unsettled }
  }

  function place(order: Order, told: TailEntry): TailPlace {
    const { id, entries, places } = order
    const there = places.get(told.key)
    if (there === undefined) {
      const sequence = order.first + entries.length
      entries.push({ ...told, sequence })
      places.set(told.key, sequence)
      order.waiting.add(sequence)
      return { id, sequence, isNew: true, hasReached: false }
    }
    const at = there - order.first
    const before = entries[at]
    if (before !== undefined && told.durable) entries[at] = { ...before, durable: true }
    return { id, sequence: there, isNew: false, hasReached: !order.waiting.has(there) }
  }

  /** The oldest go, as long as they are durable. */
  function trim(order: Order): void {
    while (order.entries.length > entriesMax && order.entries[0]?.durable === true) {
      order.entries.shift()
      order.waiting.delete(order.first)
      order.first += 1
    }
  }

  async function inOrder<T>(key: string, run: (order: Order) => T): Promise<T | null> {
    await reach()
    const order = orders.get(key)
    return order === undefined ? null : run(order)
  }

  async function reach(): Promise<void> {
    await pause()
    if (!tail.reachable) throw new CacheUnreachable()
  }

  const tail: MemoryTail = {
    reachable: true,
    read: (ref, after) => inOrder(channelKey(ref), (order) => viewOf(order, after)),
    async begin(ref, after) {
      await reach()
      const key = channelKey(ref)
      const order = orders.get(key) ?? {
        ...{ id: names.get(key) ?? random(8), first: after + 1 },
        ...{ entries: [], places: new Map<string, number>(), waiting: new Set<number>() }
      }
      orders.set(key, order)
      return viewOf(order, after)
    },
    add: (ref, entries) =>
      inOrder(channelKey(ref), (order) => {
        const places = entries.map((entry) => place(order, entry))
        trim(order)
        return places
      }),
    reached: (ref, id, sequences) =>
      inOrder(channelKey(ref), (order) => {
        if (!sameBytes(order.id, id)) return
        for (const sequence of sequences) order.waiting.delete(sequence)
      }),
    unsettled: (ref) =>
      inOrder(channelKey(ref), ({ entries }) => entries.filter(({ durable }) => !durable)),
    knows: (ref, keys) =>
      inOrder(channelKey(ref), ({ places }) => keys.every((key) => places.has(key))),
    async end(ref) {
      await reach()
      orders.delete(channelKey(ref))
    },
    flush(keepsName) {
      if (keepsName) for (const [key, { id }] of orders) names.set(key, id)
      orders.clear()
    }
  }
  return tail
}

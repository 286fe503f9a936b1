// A region's order of its logs in Redis: hot, and no more than a cache. Of one that copies itself to replicas a failover may lose
// the newest entries of an order, and would have to be told from the one before: a region's has none.
import { logIdBytes } from '../../core/log-cursor'
import type { Randomness } from '../../core/ports'
import type { ChannelRef } from '../../protocol/ids'
import { orderEntriesMax, orderKeysMax, orderLifetimeS, orderPageMax } from './limits'
import {
  addScript,
  beginScript,
  knowsScript,
  reachedScript,
  readScript,
  unsettledScript
} from './order-scripts'
import { packKey } from './keys'
import { decodeKeyedEntry, encodeKeyedEntry } from './tail-entries'
import { CacheUnreachable, type Placed, type Tail, type TailPlace, type TailView } from './tail'

/** What of a Redis client is used: a script with its keys and arguments, answered in bytes. */
export type ScriptRunner = {
  run(
    script: string,
    keys: readonly string[],
    given: readonly (string | Uint8Array)[]
  ): Promise<unknown>
  remove(keys: readonly string[]): Promise<unknown>
}

export function createRedisTail(redis: ScriptRunner, random: Randomness): Tail {
  async function call<T>(
    ref: ChannelRef,
    script: string,
    given: readonly (string | Uint8Array)[],
    read: (answer: unknown) => T
  ): Promise<T | null> {
    let answer: unknown
    try {
      answer = await redis.run(script, keysOf(ref), given)
    } catch (cause) {
      throw new CacheUnreachable(cause)
    }
    return answer === null ? null : read(answer)
  }

  function viewOf(answer: unknown): TailView {
    const [id, first, last, from, unsettled, entries] = listOf(answer)
    const open = new Set(listOf(unsettled).map(numberOf))
    const start = numberOf(from)
    const placed = listOf(entries).map((bytes, at) => placedOf(start + at, bytes, open))
    const oldest = open.size === 0 ? null : Math.min(...open)
    return {
      ...{ id: idOf(id), first: numberOf(first), last: numberOf(last) },
      ...{ entries: placed, unsettled: oldest }
    }
  }

  return {
    read: (ref, after) => call(ref, readScript, [limited(after), String(orderPageMax)], viewOf),
    async begin(ref, after) {
      const id = Buffer.from(random(logIdBytes)).toString('hex')
      const given = [limited(after), String(orderPageMax), id, String(orderLifetimeS)]
      const view = await call(ref, beginScript, given, viewOf)
      if (view === null) throw new Error('An order that was begun is not there')
      return view
    },
    add(ref, entries) {
      const limits = [orderEntriesMax, orderKeysMax, orderLifetimeS].map(String)
      const told = entries.flatMap(({ key, entry, durable }) => [
        packKey(key),
        durable ? '1' : '0',
        encodeKeyedEntry({ key, entry })
      ])
      return call(ref, addScript, [...limits, ...told], (answer): readonly TailPlace[] => {
        const [id, ...places] = listOf(answer)
        const own = idOf(id)
        return entries.map((_, at) => ({
          id: own,
          sequence: numberOf(places[3 * at]),
          isNew: numberOf(places[3 * at + 1]) === 1,
          hasReached: numberOf(places[3 * at + 2]) === 1
        }))
      })
    },
    reached(ref, id, sequences) {
      const order = Buffer.from(id).toString('hex')
      return call(ref, reachedScript, [order, ...sequences.map(String)], () => undefined)
    },
    unsettled: (ref) =>
      call(ref, unsettledScript, [], (answer): readonly Placed[] => {
        const found = listOf(answer)
        return Array.from({ length: found.length / 2 }, (_, at) => {
          const sequence = numberOf(found[2 * at])
          return placedOf(sequence, found[2 * at + 1], new Set([sequence]))
        })
      }),
    knows: (ref, keys) =>
      call(ref, knowsScript, keys.map(packKey), (answer) => Number(answer) === 1),
    async end(ref) {
      try {
        await redis.remove(keysOf(ref))
      } catch (cause) {
        throw new CacheUnreachable(cause)
      }
    }
  }
}

/** As `begin` made it: 8 bytes in hexadecimal. */
function idOf(answer: unknown): Uint8Array {
  const id = new Uint8Array(Buffer.from(textOf(answer), 'hex'))
  if (id.length !== logIdBytes) throw unexpected(answer)
  return id
}

/** One hash tag for all of a document, so that whatever concerns it is in one place. */
function keysOf({ document, channel }: ChannelRef): readonly string[] {
  return ['o', 'e', 'p', 'k', 'u', 'w'].map((kind) => `${kind}:{${document}}:${channel}`)
}

/** Redis knows no infinity: nothing comes after this. */
function limited(after: number): string {
  return String(Math.min(after, Number.MAX_SAFE_INTEGER - 1))
}

function placedOf(sequence: number, bytes: unknown, open: ReadonlySet<number>): Placed {
  if (!(bytes instanceof Uint8Array)) throw unexpected(bytes)
  return { ...decodeKeyedEntry(bytes), sequence, durable: !open.has(sequence) }
}

function listOf(answer: unknown): readonly unknown[] {
  if (!Array.isArray(answer)) throw unexpected(answer)
  return answer
}

function textOf(answer: unknown): string {
  if (answer instanceof Uint8Array) return Buffer.from(answer).toString('utf8')
  throw unexpected(answer)
}

function numberOf(answer: unknown): number {
  const number = Number(textOf(answer))
  if (!Number.isSafeInteger(number)) throw unexpected(answer)
  return number
}

function unexpected(answer: unknown): Error {
  return new Error(`The cache answered ${typeof answer}, which is no part of an order`)
}

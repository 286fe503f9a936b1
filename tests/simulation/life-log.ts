// The log as one life of the relay sees it: appends take time, and it may die before or after them.
import { encodeRightsEntry, decodeRightsEntry } from '../../sync-api/protocol/rights'
import type { Log } from '../../sync-api/core/ports'
import type { Life } from './life'
import type { World } from './world'

export type LifeLog = {
  readonly log: Log
  /** Counts one message handed to the sockets; whether the relay dies in its place. */
  spendSend(): boolean
}

export function createLifeLog(
  world: World,
  durable: Log,
  life: Life,
  die: (why: string) => void
): LifeLog {
  const { time, chance, oracle } = world
  /** Messages that still get out before it dies; null when it is not about to. */
  let sendsLeft: number | null = null

  /** Resolves after a while, if the relay still lives. */
  function pause(msMax: number): Promise<void> {
    return new Promise((resolve) => {
      time.after(chance.below(msMax + 1), () => life.alive && resolve())
    })
  }
  const never = (): Promise<never> => new Promise(() => undefined)

  const log: Log = {
    ready: () => pause(10),
    async append(ref, entries) {
      const { relayCrash, storageFails } = world.faults
      await pause(10)
      if (chance.happens(relayCrash / 3)) {
        die('before an append')
        return await never()
      }
      if (chance.happens(storageFails)) throw new Error('The simulated disk refused')
      oracle.appending(ref, entries)
      const spans = await durable.append(ref, entries)
      oracle.appended(ref, entries)
      // Rights hold from here on, so that nobody is judged by rights the relay does not know yet.
      if (ref.channel !== 'rights') await pause(5)
      if (chance.happens(relayCrash / 3)) {
        die('after an append')
        return await never()
      }
      if (chance.happens(relayCrash / 3)) sendsLeft = chance.below(6)
      return spans
    },
    async head(ref) {
      await pause(2)
      const head = await durable.head(ref)
      if (world.plant === 'forgetful-head') return { ...head, outboxes: new Map() }
      return head
    },
    async read(ref, cursor, bytesMax) {
      const { readMs, pageBytes } = world.faults
      const page = await durable.read(ref, cursor, Math.min(bytesMax, pageBytes))
      await pause(readMs)
      if (world.plant !== 'rights-forgotten' || ref.channel !== 'rights' || page === null)
        return page
      // As if lowered roles had never been written.
      const kept = page.entries.filter(({ update }) => {
        const entry = decodeRightsEntry(update)
        return entry.kind !== 'withdrawn' && !(entry.kind === 'granted' && entry.role === 'viewer')
      })
      return {
        ...page,
        entries: kept.map((entry) => ({
          ...entry,
          update: encodeRightsEntry(decodeRightsEntry(entry.update))
        }))
      }
    },
    async fold(ref, upTo, checkpoint) {
      await pause(5)
      return await durable.fold(ref, upTo, checkpoint)
    },
    close: () => Promise.resolve()
  }
  return {
    log,
    spendSend() {
      if (sendsLeft === null) return false
      sendsLeft -= 1
      return sendsLeft < 0
    }
  }
}

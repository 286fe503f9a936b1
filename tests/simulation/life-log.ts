// The log as one life of the relay sees it: calls take time, some fail, and it may die around them.
import { encodeRightsEntry, decodeRightsEntry } from '../../sync-api/protocol/rights'
import type { Log, Page } from '../../sync-api/core/ports'
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

  async function dieMaybe(probability: number, when: string): Promise<void> {
    if (!chance.happens(probability)) return
    die(when)
    return await new Promise<never>(() => undefined)
  }

  function failIfDamaged({ document }: { document: string }): void {
    const damaged = [...world.damaged].some((one) => one === document)
    if (damaged) throw new Error('The simulated disk cannot read this document')
  }

  const log: Log = {
    ready: () => pause(10),
    async append(ref, entries) {
      const { relayCrash, storageFails } = world.faults
      await pause(10)
      await dieMaybe(relayCrash / 3, 'before an append')
      if (chance.happens(storageFails)) throw new Error('The simulated disk refused')
      failIfDamaged(ref)
      oracle.appending(ref, entries)
      const spans = await durable.append(ref, entries)
      oracle.appended(ref, entries)
      // Rights hold from here on, so that nobody is judged by rights the relay does not know yet.
      if (ref.channel !== 'rights') await pause(5)
      await dieMaybe(relayCrash / 3, 'after an append')
      if (chance.happens(relayCrash / 3)) sendsLeft = chance.below(6)
      return spans
    },
    async head(ref) {
      await pause(2)
      await dieMaybe(world.faults.relayCrash / 20, 'before it has read where a log stands')
      failIfDamaged(ref)
      const head = await durable.head(ref)
      return world.plant === 'forgetful-head' ? { ...head, outboxes: new Map() } : head
    },
    async read(ref, cursor, bytesMax) {
      const { readMs, pageBytes } = world.faults
      failIfDamaged(ref)
      const page = await durable.read(ref, cursor, Math.min(bytesMax, pageBytes))
      await pause(readMs)
      if (page === null) return null
      return ref.channel === 'rights' ? plantedRights(world, page) : plantedPage(world, page)
    },
    async fold(ref, upTo, checkpoint) {
      await pause(5)
      await dieMaybe(world.faults.relayCrash / 3, 'before a fold')
      const done = await durable.fold(ref, upTo, checkpoint)
      await dieMaybe(world.faults.relayCrash / 3, 'after a fold')
      return done
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

/** A page of rights as a relay reads it that forgets lowered roles, or takes viewers for editors. */
function plantedRights({ plant }: World, page: Page): Page {
  if (plant !== 'rights-forgotten' && plant !== 'viewer-writes') return page
  const kept = page.entries.flatMap((entry) => {
    const right = decodeRightsEntry(entry.update)
    const lowers = right.kind === 'granted' && right.role === 'viewer'
    if (plant === 'viewer-writes' && lowers) {
      return [{ ...entry, update: encodeRightsEntry({ ...right, role: 'editor' }) }]
    }
    if (plant === 'rights-forgotten' && (lowers || right.kind === 'withdrawn')) return []
    return [entry]
  })
  return { ...page, entries: kept }
}

/** A page of updates as a relay reads it that now and then leaves the last entry out. */
function plantedPage({ plant, chance }: World, page: Page): Page {
  if (plant !== 'page-short' || page.entries.length < 2 || !chance.happens(0.2)) return page
  return { ...page, entries: page.entries.slice(0, -1) }
}

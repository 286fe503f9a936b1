// A region: environments that come and go, its order in a cache, events from the others and the stream of its replica.
import { readPrefix } from '../../../sync-api/core/log-prefix'
import { foldUpdates } from '../../../sync-api/core/fold'
import type { NewEntry } from '../../../sync-api/core/ports'
import type { Relay } from '../../../sync-api/core/relay'
import { channelRefOf, type ChannelRef, type PersonId } from '../../../sync-api/protocol/ids'
import type { ClientMessage, ServerMessage } from '../../../sync-api/protocol/messages'
import { updateNameOf, updateRange, logKey } from '../../../sync-api/adapters/aws/keys'
import type { Row } from '../../../sync-api/adapters/aws/table'
import { entriesOfRows, rowsOfEntry } from '../../../sync-api/adapters/aws/update-rows'
import { startEnvironment, type Environment } from './environment'
import { createMemoryTail } from './memory-tail'
import type { RegionWorld } from './region-world'

export type Region = {
  readonly name: string
  /** The same messages by HTTP, as a person's device says them; rejects when nobody answers. */
  call(person: PersonId, messages: readonly ClientMessage[]): Promise<readonly ServerMessage[]>
  /** Another call of its API. */
  desk<T>(run: (relay: Relay) => Promise<T>): Promise<T>
  fold(ref: ChannelRef): void
  tend(ref: ChannelRef): void
  /** All updates somebody is given who reads from the beginning. */
  readAll(ref: ChannelRef): Promise<readonly Uint8Array[]>
  /** Its cache is emptied, or cannot be reached for so long. */
  flush(): void
  cutCache(ms: number): void
  destroy(): void
  isAlive(): boolean
}

export type Told = { readonly ref: ChannelRef; readonly entry: NewEntry }

/** Environments of one function at once. */
const environmentsMax = 3

export function createRegion(
  world: RegionWorld,
  name: string,
  publish: (from: string, told: readonly Told[]) => void
): Region & { hear(told: readonly Told[]): void } {
  const { time, chance, replicas, troubles, counts } = world
  const skewMs = chance.below(3_000) - 1_500
  const tail = createMemoryTail({
    random: chance.bytes,
    pause: () => troubles.pause(5),
    entriesMax: chance.pick([5, 20, 200])
  })
  let environments: Environment[] = []
  let alive = true

  const start = (): Environment => {
    const made = startEnvironment(world, {
      ...{ region: name, tail, now: () => time.now() + skewMs },
      onAppended: (ref, entries) =>
        publish(
          name,
          entries.map((entry) => ({ ref, entry }))
        )
    })
    environments.push(made)
    return made
  }

  /** One environment that is idle; waits for one where all are busy. */
  async function run<T>(call: (environment: Environment) => Promise<T>): Promise<T> {
    for (;;) {
      if (!alive) throw new Error('The region is gone')
      environments = environments.filter((one) => one.isAlive)
      const idle = environments.find((one) => !one.isBusy)
      if (idle !== undefined && !chance.happens(0.02)) return idle.run(() => call(idle))
      if (environments.length < environmentsMax) {
        const made = start()
        return made.run(() => call(made))
      }
      await troubles.pause(20)
    }
  }

  /** Nobody waits for it; what fails is done again where `again` says so. */
  function inBackground(what: string, call: (one: Environment) => Promise<void>, again: boolean) {
    run(call).catch((cause: unknown) => {
      world.tell(`${name}: ${what}: ${String(cause)}`)
      if (again && alive) time.after(1_000, () => inBackground(what, call, again))
    })
  }

  async function fold({ log }: Environment, ref: ChannelRef): Promise<void> {
    const prefix = await readPrefix(log, ref)
    if (prefix.entries === 0) return
    const { updates, authors, firstAt, lastAt, upTo } = prefix
    const folded = world.plant === 'fold-loses-one' ? updates.slice(0, -1) : updates
    const checkpoint = { update: foldUpdates(folded), authors, firstAt, lastAt }
    if (await log.fold(ref, upTo, checkpoint)) counts.folds += 1
  }

  /** The stream of its replica: every row, sooner or later, at least once. */
  function stream(row: Row): void {
    const { key } = updateNameOf(row.sk) ?? {}
    if (key === undefined) return
    const [, ref] = /^D#(.*)$/.exec(row.pk) ?? []
    if (ref === undefined) throw new Error(`${row.pk} is no log`)
    const streamed = async ({ log }: Environment): Promise<void> => {
      const rows = replicas.rows(name, row.pk).filter(({ sk }) => sk.startsWith(key))
      const told = entriesOfRows(rows).map((one) => ({ ...one, durable: true }))
      await log.relayed(channelRefOf(ref), told)
    }
    time.after(100 + chance.below(1_500), () => {
      if (alive && world.plant !== 'stream-dropped') inBackground('stream', streamed, true)
    })
  }
  replicas.onRow((region, row) => {
    if (region === name && alive) stream(row)
  })

  return {
    name,
    isAlive: () => alive,
    call: (person, messages) =>
      run(async ({ relay }) => {
        for (const message of messages) {
          if (message.type !== 'push' && message.type !== 'pull') continue
          const { document, channel } = message
          const does = message.type === 'push' ? 'write' : 'read'
          await relay.renew({ document, channel, person, does })
        }
        return relay.bulk(person, messages)
      }),
    desk: (call) => run(({ relay }) => call(relay)),
    fold: (ref) => inBackground('fold', (one) => fold(one, ref), false),
    tend: (ref) => inBackground('tend', ({ log }) => log.tend(ref), false),
    readAll: (ref) => run(async ({ log }) => (await readPrefix(log, ref)).updates),
    hear(told) {
      if (!alive) return
      inBackground(
        'event',
        async ({ log }) => {
          for (const { ref, entry } of told) {
            const { key } = rowsOfEntry(ref, entry, name)
            await log.relayed(ref, [{ key, entry, durable: world.plant === 'heard-is-durable' }])
          }
        },
        false
      )
    },
    flush() {
      counts.flushes += 1
      world.tell(`${name}: the cache is flushed`)
      tail.flush(world.plant === 'order-keeps-name')
    },
    cutCache(ms) {
      world.tell(`${name}: the cache is out of reach`)
      tail.reachable = false
      time.after(ms, () => (tail.reachable = true))
    },
    destroy() {
      alive = false
      counts.destroyed += 1
      world.tell(`${name}: is gone for good`)
      replicas.destroy(name)
    }
  }
}

/** Rows of entries of a log in a region, for whoever counts. */
export function updateRows(world: RegionWorld, region: string, ref: ChannelRef): readonly Row[] {
  return world.replicas
    .rows(region, logKey(ref))
    .filter(({ sk }) => sk > updateRange.after && sk <= updateRange.upTo)
}

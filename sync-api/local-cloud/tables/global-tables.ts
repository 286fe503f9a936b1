// DynamoDB in several regions on one machine: tables of one region, and global ones that agree in the end (MREC).
import { createActivity } from '../activity'
import type { LocalChance, LocalTime } from '../time'
import { createLink, type Link, type OpenLink } from './links'
import { startRegion, type OpenRegion, type TableRegion } from './region'
import type { Change, TableDefinition } from './replica'

export type TablesParts = {
  readonly regions: readonly string[]
  readonly tables: readonly TableDefinition[]
  readonly time: LocalTime
  readonly chance: LocalChance
  /** How late the next change from one region reaches another, ms. */
  readonly lagMs: (from: string, to: string) => number
  /** How far a region's clock is ahead, ms. */
  readonly skewMs: (region: string) => number
  /** How likely changes of one item that wait together arrive as the last of them alone. */
  readonly coalesceShare: number
  /** Share of a batch's parts that is handed back undone. */
  readonly unprocessedShare: number
  /** Share of items that a read which is not strongly consistent sees as they were before. */
  readonly staleShare: number
  /** How long after its second an item expires, ms; the service says: within a few days. */
  readonly ttlLateMs: () => number
}

export type Tables = {
  region(name: string): TableRegion
  link(from: string, to: string): Link
  /** Pauses every link to and from a region. */
  isolate(region: string): void
  rejoin(region: string): void
  /** Removes the region's replicas of global tables, and with them what had not left it. */
  drop(region: string): Promise<void>
  /** Gives the region new replicas. Items come from the others in any order, and can be read as they come. */
  add(region: string): Promise<void>
  /** Whether nothing is on the way to the region. */
  isFilled(region: string): boolean
  /** Resolves when nothing is being taken in; what waits for the clock does not count. */
  rest(): Promise<void>
  stop(): Promise<void>
}

export async function startTables(parts: TablesParts): Promise<Tables> {
  const { time, chance, coalesceShare, unprocessedShare, staleShare, ttlLateMs } = parts
  const activity = createActivity()
  const regions = new Map<string, OpenRegion>()
  const links = new Map<string, OpenLink>()
  const globals = parts.tables.filter(({ isGlobal }) => isGlobal)

  for (const region of parts.regions) {
    const replicate = (change: Change): void => linksOf('from', region).forEach(send(change))
    const skewMs = parts.skewMs(region)
    const made = { region, time, activity, chance, skewMs, unprocessedShare, staleShare, ttlLateMs }
    regions.set(region, await startRegion({ ...made, replicate }))
    for (const table of parts.tables) await regionOf(region).open(table)
  }
  for (const from of parts.regions) {
    for (const to of parts.regions) {
      if (from === to) continue
      const lagMs = (): number => parts.lagMs(from, to)
      const deliver = (change: Change) => take(to, change)
      const made = { time, chance, activity, lagMs, coalesceShare, deliver }
      links.set(nameOf(from, to), createLink(made))
    }
  }

  /** A region without a replica gets nothing, and later all at once. */
  async function take(to: string, change: Change): Promise<'done' | 'throttled'> {
    return (await regionOf(to).replicaOf(change.table)?.take(change)) ?? 'done'
  }

  function regionOf(name: string): OpenRegion {
    return found(regions.get(name), name)
  }

  function linksOf(end: 'from' | 'to', region: string): OpenLink[] {
    const others = parts.regions.filter((other) => other !== region)
    const names = others.map((it) => (end === 'from' ? nameOf(region, it) : nameOf(it, region)))
    return names.map((name) => found(links.get(name), name))
  }

  const allOf = (region: string): OpenLink[] => [
    ...linksOf('from', region),
    ...linksOf('to', region)
  ]

  return {
    region: regionOf,
    link: (from, to) => found(links.get(nameOf(from, to)), nameOf(from, to)),
    isolate: (region) => allOf(region).forEach((link) => link.pause()),
    rejoin: (region) => allOf(region).forEach((link) => link.resume()),
    async drop(region) {
      for (const link of allOf(region)) link.cut()
      for (const { name } of globals) await regionOf(region).close(name)
    },
    async add(region) {
      for (const table of globals) await regionOf(region).open(table)
      const others = parts.regions.filter((other) => other !== region)
      for (const other of others) {
        const link = found(links.get(nameOf(other, region)), other)
        for (const { name } of globals) {
          for (const change of regionOf(other).replicaOf(name)?.changes() ?? []) link.send(change)
        }
      }
    },
    isFilled: (region) => linksOf('to', region).every((link) => link.waiting() === 0),
    rest: activity.rest,
    async stop() {
      for (const link of links.values()) link.cut()
      await activity.rest()
      for (const region of regions.values()) await region.stop()
    }
  }
}

function nameOf(from: string, to: string): string {
  return `${from} to ${to}`
}

function send(change: Change): (link: OpenLink) => void {
  return (link) => link.send(change)
}

function found<T>(value: T | undefined, name: string): T {
  if (value === undefined) throw new Error(`There is no ${name}`)
  return value
}

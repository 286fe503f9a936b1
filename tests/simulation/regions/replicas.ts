// Replicas of one global table: a write is durable in its region at once and reaches the others later, in any order; of two
// values of one key the later by its region's clock stays, everywhere, and nobody is told.
import type { Range, Row, Table } from '../../../sync-api/adapters/aws/table'
import type { Chance } from '../chance'
import type { Time } from '../time'
import type { Troubles } from './troubles'

/** A row or, where it was removed, what remembers that. */
type Cell = { readonly row: Row | null; readonly stamp: number }

export type Replicas = {
  /** One region's replica as a function of it has it: every call takes time, and some fail. */
  table(region: string): Table
  /** Called when a row has come into a region's replica, from wherever: its stream. */
  onRow(listener: (region: string, row: Row) => void): void
  /** The region is gone, and with it what it had not sent. */
  destroy(region: string): void
  /** A new replica, filled with what the others have; answers nobody until it is. */
  recreate(region: string): void
  isFilled(region: string): boolean
  /** What is there, without waiting. */
  rows(region: string, pk: string): readonly Row[]
  counts: { puts: number; removals: number; replicated: number }
}

export function createReplicas(
  time: Time,
  chance: Chance,
  troubles: Troubles,
  regions: readonly string[]
): Replicas {
  const cells = new Map(regions.map((region) => [region, new Map<string, Cell>()]))
  const skews = new Map(regions.map((region) => [region, chance.below(4_000) - 2_000]))
  const alive = new Set(regions)
  /** A region that comes again is another: nothing on the way to or from the old one arrives. */
  const lives = new Map(regions.map((region) => [region, 0]))
  /** Rows of the other that a new replica does not have yet. */
  const filling = new Map<string, Set<string>>()
  const listeners: ((region: string, row: Row) => void)[] = []
  const counts = { puts: 0, removals: 0, replicated: 0 }

  const keyOf = (pk: string, sk: string): string => `${pk} ${sk}`
  const cellsOf = (region: string): Map<string, Cell> => cells.get(region)!

  function write(region: string, pk: string, sk: string, row: Row | null): void {
    const key = keyOf(pk, sk)
    const before = cellsOf(region).get(key)
    // Regions never stamp alike: which is later is the same for all.
    const order = regions.indexOf(region) / 10
    const now = Math.floor(time.now()) + skews.get(region)!
    const stamp = Math.max(now, Math.floor(before?.stamp ?? 0) + 1) + order
    take(region, key, { row, stamp })
    for (const other of alive) if (other !== region) send(region, other, key, { row, stamp })
  }

  function take(region: string, key: string, cell: Cell): void {
    cellsOf(region).set(key, cell)
    const { row } = cell
    if (row === null) return
    for (const listener of listeners) listener(region, row)
  }

  function send(from: string, to: string, key: string, cell: Cell): void {
    const born = [lives.get(from), lives.get(to)]
    const arrive = (): void => {
      if (born[0] !== lives.get(from) || born[1] !== lives.get(to) || !alive.has(to)) return
      const wait = troubles.isolatedFor(from, to)
      // It is kept, and sent again, until it gets through.
      if (wait > 0) return void time.after(wait + chance.below(3_000), arrive)
      filling.get(to)?.delete(key)
      const there = cellsOf(to).get(key)
      if (there !== undefined && there.stamp >= cell.stamp) return
      counts.replicated += 1
      take(to, key, cell)
    }
    time.after(troubles.lagMs(), arrive)
  }

  function rows(region: string, pk: string): readonly Row[] {
    const found: Row[] = []
    for (const { row } of cellsOf(region).values()) if (row?.pk === pk) found.push(row)
    return found.sort((one, other) => (one.sk < other.sk ? -1 : 1))
  }

  function table(region: string): Table {
    async function call<T>(run: () => T): Promise<T> {
      await troubles.pause(10)
      if (!alive.has(region)) throw new Error('The region is gone')
      troubles.throttle(region)
      const result = run()
      await troubles.pause(5)
      // Done, and the answer is lost.
      troubles.throttle(region)
      return result
    }
    const revisionOf = (pk: string, sk: string): number =>
      cellsOf(region).get(keyOf(pk, sk))?.row?.revision ?? 0

    return {
      putNew: (row) =>
        call(() => {
          const there = cellsOf(region).get(keyOf(row.pk, row.sk))
          if (there !== undefined && there.row !== null) return false
          counts.puts += 1
          write(region, row.pk, row.sk, row)
          return true
        }),
      putNext: (row) =>
        call(() => {
          if (revisionOf(row.pk, row.sk) !== row.revision - 1) return false
          counts.puts += 1
          write(region, row.pk, row.sk, row)
          return true
        }),
      read: (pk, range) => call(() => pageOf(rows(region, pk), range)),
      get: (pk, sks) =>
        call(() =>
          sks.flatMap((sk) => {
            const row = cellsOf(region).get(keyOf(pk, sk))?.row
            return row === null || row === undefined ? [] : [row]
          })
        ),
      async remove(pk, sks) {
        // One after the other: whoever dies has removed some.
        for (const sk of sks) {
          await call(() => {
            if ((cellsOf(region).get(keyOf(pk, sk))?.row ?? null) === null) return
            counts.removals += 1
            write(region, pk, sk, null)
          })
        }
      }
    }
  }

  function pageOf(all: readonly Row[], { after, upTo }: Range) {
    const within = all.filter(({ sk }) => sk > after && sk <= upTo)
    const page = within.slice(0, 1 + chance.below(troubles.pageRowsMax))
    return { rows: page, more: page.length < within.length }
  }

  return {
    table,
    onRow: (listener) => void listeners.push(listener),
    destroy(region) {
      alive.delete(region)
      lives.set(region, lives.get(region)! + 1)
      cellsOf(region).clear()
    },
    recreate(region) {
      const others = [...alive]
      alive.add(region)
      filling.set(region, new Set(others.flatMap((other) => [...cellsOf(other).keys()])))
      for (const other of others) {
        for (const [key, cell] of cellsOf(other)) send(other, region, key, cell)
      }
    },
    isFilled: (region) => (filling.get(region)?.size ?? 0) === 0,
    rows,
    counts
  }
}

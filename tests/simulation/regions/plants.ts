// The planted bugs of a world of several regions, each where it would be: in the table, the cache, or the log.
import type { GlobalLog } from '../../../sync-api/adapters/aws/global-log'
import type { Row, Table } from '../../../sync-api/adapters/aws/table'
import type { Tail } from '../../../sync-api/adapters/aws/tail'
import { putAck, readManifests } from '../../../sync-api/adapters/aws/manifests'
import type { OutboxId } from '../../../sync-api/protocol/ids'
import type { PlantName } from './plant-names'
import type { RegionWorld } from './region-world'

const isUpdate = (sk: string): boolean => sk.startsWith('1U#')
const isManifest = (sk: string): boolean => sk.startsWith('2M#')
const isAck = (sk: string): boolean => sk.startsWith('3A#')
const isChunk = (sk: string): boolean => sk.startsWith('4S#')
const isList = (sk: string): boolean => sk.startsWith('5F#')

/** The table of one region as a function of it uses it. */
export function plantedTable(world: RegionWorld, region: string, table: Table): Table {
  const { plant, replicas, time } = world
  switch (plant) {
    case 'shared-checkpoint':
      return sharedTable(region, table)
    case 'range-delete':
      return {
        ...table,
        async remove(pk, sks) {
          const newest = Math.max(
            ...replicas.rows(region, pk).flatMap(({ sk, at }) => (sks.includes(sk) ? [at] : []))
          )
          const old = replicas.rows(region, pk).filter(({ sk, at }) => isUpdate(sk) && at <= newest)
          await table.remove(pk, [...sks, ...old.map(({ sk }) => sk)])
        }
      }
    case 'time-to-live':
      return {
        ...table,
        async putNew(row) {
          const isNew = await table.putNew(row)
          const remove = (): void => void table.remove(row.pk, [row.sk]).catch(() => undefined)
          if (isUpdate(row.sk)) time.after(5_000, remove)
          return isNew
        }
      }
    case 'early-drop':
      return {
        ...table,
        async putNext(row) {
          const isPut = await table.putNext(row)
          if (isPut && isManifest(row.sk)) await dropOld(world, region, table, row.pk)
          return isPut
        }
      }
    case 'eventual-reads':
      return staleTable(world, region, table)
    case 'put-forgotten':
      return {
        ...table,
        putNew: (row) =>
          isUpdate(row.sk) && world.chance.happens(0.1) ? Promise.resolve(true) : table.putNew(row)
      }
    case 'chunk-forgotten':
      return {
        ...table,
        putNew: (row) =>
          isChunk(row.sk) && world.chance.happens(0.3) ? Promise.resolve(true) : table.putNew(row)
      }
    case 'lists-forgotten':
      return {
        ...table,
        putNew: (row) => (isList(row.sk) ? Promise.resolve(true) : table.putNew(row))
      }
    case 'never-acks':
      return {
        ...table,
        putNext: (row) => (isAck(row.sk) ? Promise.resolve(true) : table.putNext(row))
      }
    case 'acks-of-all':
      // Says that it holds what it has only heard of.
      return {
        ...table,
        async read(pk, range) {
          const page = await table.read(pk, range)
          if (!page.rows.some(({ sk }) => isManifest(sk))) return page
          for (const { owner, refs } of await readManifests(table, pk)) {
            const newest = refs.at(-1)
            if (newest === undefined) continue
            for (const member of world.members) {
              const ack = { region: member, owner, version: newest.version, at: time.now() }
              await putAck(table, pk, ack)
            }
          }
          return page
        }
      }
    case 'parts-overwritten':
      return {
        ...table,
        putNew: (row) => table.putNew({ ...row, sk: row.sk.replace(/-[0-9a-f]{8}#/, '#') })
      }
    default:
      return table
  }
}

/** One manifest and one set of chunks for all regions: each takes them for its own. */
function sharedTable(region: string, table: Table): Table {
  const shared = (sk: string): string =>
    sk.replace(new RegExp(`^([245].#)${region}(?=#|~|$)`), '$1all')
  const own = (row: Row): Row => ({ ...row, sk: row.sk.replace(/^([245].#)all/, `$1${region}`) })
  return {
    putNew: (row) => table.putNew({ ...row, sk: shared(row.sk) }),
    putNext: (row) => table.putNext({ ...row, sk: shared(row.sk) }),
    async read(pk, { after, upTo }) {
      const page = await table.read(pk, { after: shared(after), upTo: shared(upTo) })
      return { ...page, rows: page.rows.map(own) }
    },
    get: async (pk, sks) => (await table.get(pk, sks.map(shared))).map(own),
    remove: (pk, sks) => table.remove(pk, sks.map(shared))
  }
}

/** Takes out all chunks but the newest version's, whoever may still read them. */
async function dropOld(
  { replicas }: RegionWorld,
  region: string,
  table: Table,
  pk: string
): Promise<void> {
  const chunks = replicas.rows(region, pk).filter(({ sk }) => sk.startsWith(`4S#${region}#`))
  const newest = chunks.at(-1)?.sk.split('#')[2]
  const old = chunks.filter(({ sk }) => sk.split('#')[2] !== newest)
  await table.remove(
    pk,
    old.map(({ sk }) => sk)
  )
}

/** Reads what stood there a while ago. */
function staleTable({ time, replicas }: RegionWorld, region: string, table: Table): Table {
  const seen = new Map<string, { readonly at: number; readonly rows: readonly Row[] }>()
  return {
    ...table,
    async read(pk, { after, upTo }) {
      const before = seen.get(pk)
      const isFresh = before !== undefined && time.now() - before.at < 3_000
      if (!isFresh) seen.set(pk, { at: time.now(), rows: replicas.rows(region, pk) })
      await table.read(pk, { after, upTo })
      const rows = seen.get(pk)?.rows ?? []
      return { rows: rows.filter(({ sk }) => sk > after && sk <= upTo), more: false }
    }
  }
}

export function plantedTail({ plant }: RegionWorld, tail: Tail): Tail {
  switch (plant) {
    case 'settled-by-hearsay':
      return { ...tail, unsettled: async () => [] }
    case 'order-hides-unsettled':
      return {
        ...tail,
        async read(ref, after) {
          const view = await tail.read(ref, after)
          return view === null ? null : { ...view, unsettled: null }
        }
      }
    default:
      return tail
  }
}

export function plantedLog(world: RegionWorld, log: GlobalLog): GlobalLog {
  const { plant, chance, time } = world
  switch (plant) {
    case 'ack-before-put':
      return {
        ...log,
        async append(ref, entries) {
          const { cursor } = await log.head(ref)
          const later = (): void => void log.append(ref, entries).catch(() => undefined)
          time.after(chance.below(50), later)
          return entries.map(() => ({ from: cursor, to: cursor }))
        }
      }
    case 'numbers-with-gaps':
      return {
        ...log,
        async head(ref) {
          const head = await log.head(ref)
          const outboxes = new Map<OutboxId, number>(head.outboxes)
          for (const { entry } of await allOf(log, ref)) {
            outboxes.set(entry.outbox, Math.max(entry.n, outboxes.get(entry.outbox) ?? 0))
          }
          return { ...head, outboxes }
        }
      }
    case 'forgetful-head':
      return {
        ...log,
        head: async (ref) => ({ ...(await log.head(ref)), outboxes: new Map() })
      }
    case 'short-page':
      return {
        ...log,
        async read(ref, cursor, max) {
          const page = await log.read(ref, cursor, max)
          if (page === null || page.entries.length < 2 || !chance.happens(0.2)) return page
          return { ...page, entries: page.entries.slice(0, -1) }
        }
      }
    default:
      return log
  }
}

async function allOf(log: GlobalLog, ref: Parameters<GlobalLog['read']>[0]) {
  const page = await log.read(ref, new Uint8Array(0), 1_000_000)
  return (page?.entries ?? []).map((entry) => ({ entry }))
}

/** 32 bytes, the same in every region; and known to whoever means harm under one bug. */
export function receiptKeyOf(region: string, plant: PlantName | null): Uint8Array {
  const differs = plant === 'receipts-differ' ? region.charCodeAt(0) : 0
  return new Uint8Array(32).fill(7 + differs)
}

// What the relay knows of a channel without a Y.Doc: how far each client has inserted, and into which
// list each insertion went. Checked updates are added; one that turns out bad is taken out again.
import type { PersonId } from '../protocol/ids'
import { none } from './update-scan'

/** The list of what goes nowhere: its place was deleted together with all that held it. */
export const nowhere = 0

/** What one client has inserted: clocks from 0 to `end`, as runs that went into one list each. */
export type KnownClient = {
  end: number
  /** The first clock of each run, rising. */
  readonly starts: number[]
  readonly lists: number[]
  /** Who it belongs to; null where the log does not say. */
  person: PersonId | null
}

/** A list of a document: what a type holds in order, or what stood under one of its keys. */
export type List = {
  /** The kind of the type it belongs to. */
  readonly kind: number
  readonly keyed: boolean
}

export type Known = {
  readonly clients: Map<number, KnownClient>
  readonly lists: List[]
  /** By name, the lists of root types. */
  readonly roots: Map<string, number>
  /** By client and clock, the lists of the types inserted there. */
  readonly types: Map<number, Map<number, number>>
  /** By `<list> <key>`, the lists under keys. */
  readonly keyed: Map<string, number>
  /** Runs, types and keys, counted for `weightOf`. */
  parts: number
  /** What takes out again the lists that were added since the last mark. */
  added: (() => void)[]
}

export function createKnown(): Known {
  return {
    clients: new Map(),
    lists: [{ kind: none, keyed: false }],
    roots: new Map(),
    types: new Map(),
    keyed: new Map(),
    parts: 0,
    added: []
  }
}

/** About how much memory it takes, bytes. */
export function weightOf({ parts, clients }: Known): number {
  return 1_000 + parts * 100 + clients.size * 300
}

/** How far a client is known: the clock after its last insertion. */
export function endOf({ clients }: Known, client: number): number {
  return clients.get(client)?.end ?? 0
}

export function personOf({ clients }: Known, client: number): PersonId | null {
  return clients.get(client)?.person ?? null
}

/** Which list the insertion is in. Asked only of what is known. */
export function listAt({ clients }: Known, client: number, clock: number): number {
  const { starts, lists } = clients.get(client)!
  let low = 0
  let high = starts.length - 1
  while (low < high) {
    const middle = (low + high + 1) >> 1
    if (starts[middle]! <= clock) low = middle
    else high = middle - 1
  }
  return lists[low]!
}

/** The list of a type, by the id of the insertion that made it; nowhere when it made none, or is deleted. */
export function listOfType({ types }: Known, client: number, clock: number): number {
  return types.get(client)?.get(clock) ?? nowhere
}

export function listOfRoot(known: Known, name: string, kind: number): number {
  const there = known.roots.get(name)
  if (there !== undefined) return there
  return addTo(known, known.roots, name, { kind, keyed: false })
}

/** The list under a key of the type whose list is `parent`. */
export function listUnder(known: Known, parent: number, key: string): number {
  if (parent === nowhere) return nowhere
  const name = `${parent} ${key}`
  const there = known.keyed.get(name)
  if (there !== undefined) return there
  return addTo(known, known.keyed, name, { kind: known.lists[parent]!.kind, keyed: true })
}

function addTo<K>(known: Known, where: Map<K, number>, key: K, list: List): number {
  const number = known.lists.push(list) - 1
  known.parts += 1
  known.added.push(() => where.delete(key))
  where.set(key, number)
  return number
}

/** The insertion at `clock` made a type. */
export function addType(known: Known, client: number, clock: number, kind: number): void {
  let own = known.types.get(client)
  if (own === undefined) known.types.set(client, (own = new Map()))
  addTo(known, own, clock, { kind, keyed: false })
}

/** The client inserted into `list`, from where it stood up to `end`. */
export function addRun(known: Known, client: number, end: number, list: number): void {
  const there = clientOf(known, client)
  if (there.lists.length === 0 || there.lists[there.lists.length - 1] !== list) {
    there.starts.push(there.end)
    there.lists.push(list)
    known.parts += 1
  }
  there.end = end
}

export function setPerson(known: Known, client: number, person: PersonId): void {
  clientOf(known, client).person = person
}

function clientOf(known: Known, client: number): KnownClient {
  const there = known.clients.get(client)
  if (there !== undefined) return there
  const made: KnownClient = { end: 0, starts: [], lists: [], person: null }
  known.clients.set(client, made)
  return made
}

/** Where it stands, for the clients an update is of. */
export type Mark = {
  readonly lists: number
  readonly parts: number
  readonly clients: readonly {
    readonly client: number
    readonly before: KnownClient | null
    readonly end: number
    readonly runs: number
  }[]
}

/** From here on it can be brought back, with one mark at a time. */
export function markOf(known: Known, clients: readonly number[]): Mark {
  known.added = []
  return {
    lists: known.lists.length,
    parts: known.parts,
    clients: clients.map((client) => {
      const before = known.clients.get(client) ?? null
      return { client, before, end: before?.end ?? 0, runs: before?.starts.length ?? 0 }
    })
  }
}

/** Takes out what those clients have inserted since. */
export function restore(known: Known, mark: Mark): void {
  for (const { client, before, end, runs } of mark.clients) {
    if (before === null) known.clients.delete(client)
    else {
      before.end = end
      before.starts.length = runs
      before.lists.length = runs
    }
  }
  for (const takeOut of known.added) takeOut()
  known.added = []
  known.lists.length = mark.lists
  known.parts = mark.parts
}

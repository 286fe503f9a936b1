// Goes through the insertions of an update so that each comes after what it builds on.
import { endOf, type Known } from './known'
import { none, type Lane, type Struct } from './update-scan'

/** Adds an insertion, whose dependencies are known by then, to what is known. */
export type Put = (client: number, struct: Struct) => void

/** `unknown`: what it builds on is neither known nor in the update. */
export type Stuck = { readonly lane: Lane; readonly why: 'unknown' | 'depends-on-itself' }

export type Walk = {
  /** Goes on until all are put, or none of a client can be. */
  run(): Stuck | null
  /** Goes on without what is left of a client. */
  leave(lane: Lane): void
}

/** A client's insertions on their way. */
type Going = {
  readonly lane: Lane
  at: number
  /** Whether it waits for another's. */
  waits: boolean
}

type Id = { readonly client: number; readonly clock: number }

export function startWalk(known: Known, lanes: readonly Lane[], put: Put): Walk {
  const all = new Map<number, Going>()
  for (const lane of lanes) all.set(lane.client, { lane, at: 0, waits: false })

  function run(): Stuck | null {
    for (const going of all.values()) {
      const stuck = finish(going)
      if (stuck !== null) return stuck
    }
    return null
  }

  function finish(first: Going): Stuck | null {
    // Each waits for the one above it, which goes only as far as that one needs.
    const stack = [{ going: first, until: Infinity }]
    for (let top = stack.at(-1); top !== undefined; top = stack.at(-1)) {
      const { going, until } = top
      const missing = advance(known, going, until, put)
      going.waits = missing !== null
      if (missing === null) {
        stack.pop()
        continue
      }
      const next = all.get(missing.client)
      const why = whyNot(going, next, missing)
      if (why !== null || next === undefined) {
        for (const one of stack) one.going.waits = false
        return { lane: going.lane, why: why ?? 'unknown' }
      }
      stack.push({ going: next, until: missing.clock })
    }
    return null
  }

  return { run, leave: ({ client }) => void all.delete(client) }
}

/** Why what is missing cannot come from `next`; null when it can. */
function whyNot(going: Going, next: Going | undefined, missing: Id): Stuck['why'] | null {
  if (missing.clock === Infinity || next === undefined) return 'unknown'
  if (next === going) return 'depends-on-itself'
  if (missing.clock >= next.lane.end) return 'unknown'
  return next.waits ? 'depends-on-itself' : null
}

/** Puts what can be put up to a clock; answers what the next one waits for, or null. */
function advance(known: Known, going: Going, until: number, put: Put): Id | null {
  const { client, start, structs } = going.lane
  if (start > endOf(known, client)) return { client, clock: Infinity }
  for (; going.at < structs.length; going.at++) {
    const struct = structs[going.at]!
    const end = endOf(known, client)
    if (end > until && struct.clock >= end) return null
    // Of what is known already too: Yjs keeps waiting for what it says it builds on.
    const missing = missingFor(known, client, struct)
    if (missing !== null) return missing
    if (struct.clock + struct.length > end) put(client, struct)
  }
  return null
}

function missingFor(known: Known, own: number, struct: Struct): Id | null {
  const { clock, leftClient, leftClock, rightClient, rightClock } = struct
  return (
    missingOf(known, own, clock, leftClient, leftClock) ??
    missingOf(known, own, clock, rightClient, rightClock) ??
    missingOf(known, own, clock, struct.parentClient, struct.parentClock)
  )
}

function missingOf(
  known: Known,
  own: number,
  before: number,
  client: number,
  clock: number
): Id | null {
  if (client === none) return null
  const there = client === own ? clock < before : clock < endOf(known, client)
  return there ? null : { client, clock }
}

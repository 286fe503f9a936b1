// Checks an update against what is known of its channel, and adds it: no Y.Doc, bounded work.
import type { PersonId } from '../protocol/ids'
import type { Channel } from '../protocol/roles'
import { endOf, markOf, personOf, restore, setPerson, type Known } from './known'
import { clockAdvanceMax } from './limits'
import { place, placeStored } from './placement'
import { BadUpdate, type UpdateFault } from './update-faults'
import { contentKinds, none, scanUpdate, skipKind } from './update-scan'
import type { Lane, Scan, Struct } from './update-scan'
import { startWalk, type Put } from './walk'

/** What the relay knows of an update beside its bytes. */
export type Origin = {
  readonly channel: Channel
  readonly person: PersonId
  /** Client ids of the writers that the push names, all of them this person's. */
  readonly clients: readonly number[]
  /** Whether it may insert what others wrote: the log may lack that, or the entry is known to have been in it. */
  readonly healing: boolean
}

/** `unknown`: it builds on what is not here, or gives back what nobody here can vouch for. */
export type Verdict = 'fine' | 'unknown' | UpdateFault

/** Adds the update to `known` when it is fine; otherwise leaves `known` as it was. */
export function checkUpdate(known: Known, update: Uint8Array, origin: Origin): Verdict {
  let scan: Scan
  try {
    scan = scanUpdate(update, 'pushed')
    refuseAnchorsTwice(scan)
  } catch (cause) {
    return faultOf(cause)
  }
  const owned = ownership(known, scan, origin)
  if (owned !== 'fine') return owned
  const clients = scan.lanes.map(({ client }) => client)
  const mark = markOf(known, clients)
  let verdict: Verdict
  try {
    const { channel } = origin
    const put: Put = (client, struct) => place(known, channel, client, struct)
    verdict = startWalk(known, scan.lanes, put).run()?.why ?? deletable(known, scan, origin)
  } catch (cause) {
    verdict = faultOf(cause)
  }
  if (verdict !== 'fine') restore(known, mark)
  else for (const client of origin.clients) setPerson(known, client, origin.person)
  return verdict
}

function faultOf(cause: unknown): UpdateFault {
  if (cause instanceof BadUpdate) return cause.fault
  throw cause
}

function ownership(known: Known, { lanes }: Scan, origin: Origin): Verdict {
  for (const { client, start, end } of lanes) {
    if (end - Math.max(start, endOf(known, client)) > clockAdvanceMax) return 'clock-range'
    if (origin.clients.includes(client) || origin.healing) continue
    if (origin.clients.length > 0) return 'client-not-owned'
    // Who names no writer gives back what a log lost: their own, or what nobody has been known to own. An
    // id is told to nobody before its owner has pushed under it, so nobody else can have meant it.
    const person = personOf(known, client)
    if (person !== null && person !== origin.person) return 'unknown'
  }
  return 'fine'
}

/** A client's first insertion at a place is itself a neighbour of its next one there. */
function refuseAnchorsTwice({ lanes }: Scan): void {
  for (const { structs } of lanes) {
    if (structs.length < 2) continue
    const anchors = new Set<string>()
    for (const struct of structs) {
      if (struct.kind === contentKinds.gone) continue
      const anchor = anchorOf(struct)
      if (anchors.has(anchor)) throw new BadUpdate('anchor-twice')
      anchors.add(anchor)
    }
  }
}

function anchorOf(struct: Struct): string {
  const { leftClient, leftClock, rightClient, rightClock, root, key } = struct
  const between = `${leftClient}.${leftClock} ${rightClient}.${rightClock}`
  if (leftClient !== none || rightClient !== none) return between
  return `${root ?? `${struct.parentClient}.${struct.parentClock}`}/${key === null ? '' : ` ${key}`}`
}

function deletable(known: Known, { deletes }: Scan, origin: Origin): Verdict {
  for (const [client, end] of deletes) {
    if (end > endOf(known, client)) return 'unknown'
    if (origin.channel !== 'comments' || origin.clients.includes(client)) continue
    if (personOf(known, client) !== origin.person) return 'deletes-of-others'
  }
  return 'fine'
}

/**
 * Adds what the log holds, as far as what it builds on is there; answers whether that is all. Entries from
 * before updates were checked may be anything: what cannot be read adds nothing.
 */
export function learnUpdate(known: Known, update: Uint8Array, channel: Channel): boolean {
  let scan: Scan
  try {
    scan = scanUpdate(update, 'stored')
  } catch (cause) {
    if (cause instanceof BadUpdate) return true
    throw cause
  }
  // What stands behind a gap can be added once something else has filled the gap.
  for (let before = -1; ;) {
    if (learnScan(known, scan, channel)) return true
    const now = scan.lanes.reduce((sum, { client }) => sum + endOf(known, client), 0)
    if (now === before) return false
    before = now
  }
}

/** Adds what stands before the gaps of a fold, or directly behind what is known; answers whether that is all. */
function learnScan(known: Known, scan: Scan, channel: Channel): boolean {
  const lanes = scan.lanes.map((lane) => betweenSkips(lane, endOf(known, lane.client)))
  const walk = startWalk(known, lanes, (client, struct) =>
    placeStored(known, channel, client, struct)
  )
  let all = scan.lanes.every(({ end }, index) => end === lanes[index]!.end)
  for (let stuck = walk.run(); stuck !== null; stuck = walk.run()) {
    walk.leave(stuck.lane)
    all = false
  }
  known.added = []
  return all
}

/** The stretch of a lane up to its first gap that is not filled, behind those that are: `end` is how far the client is known. */
function betweenSkips(lane: Lane, end: number): Lane {
  const { structs } = lane
  const isSkip = ({ kind }: Struct): boolean => kind === skipKind
  const gap = structs.findIndex((one) => isSkip(one) && one.clock + one.length > end)
  const before = gap < 0 ? structs : structs.slice(0, gap)
  const filled = before.reduce((last, one, index) => (isSkip(one) ? index : last), -1)
  const stretch = before.slice(filled + 1)
  const start = stretch[0]?.clock ?? lane.start
  const last = stretch.at(-1)
  return {
    ...lane,
    structs: stretch,
    start,
    end: last === undefined ? start : last.clock + last.length
  }
}

// A person with one device: writes, pushes to a region and reads from it, moves to another when that one does not answer, and
// gives back what a region lacks and this device has kept.
import * as Y from 'yjs'
import { entryZero } from '../../../sync-api/protocol/entry-zero'
import { clientIdOf, idOf, shortIdBytes } from '../../../sync-api/protocol/ids'
import type { ChannelRef, OutboxId, PersonId, WriterId } from '../../../sync-api/protocol/ids'
import type {
  Cursor,
  Entry,
  Push,
  ServerMessage,
  Voucher
} from '../../../sync-api/protocol/messages'
import { checkpointOutbox } from '../../../sync-api/core/catch-up'
import { createKnowledge, type Knowledge } from '../knowledge'
import type { Region } from './region'
import type { RegionWorld } from './region-world'

export type Author = {
  readonly name: string
  readonly person: PersonId
  readonly doc: Y.Doc
  edit(): void
  /** One round with a region: pushes the next row, or reads. Never rejects. */
  sync(): Promise<void>
  /** The device and all it has kept is gone. */
  vanish(): void
  isGone(): boolean
  /** Whether all it has written was acknowledged. */
  isPushed(): boolean
  /** Everything it has ever taken in or written. */
  has(update: Uint8Array): boolean
  kept(): readonly Entry[]
}

export type AuthorParts = {
  readonly name: string
  readonly person: PersonId
  readonly ref: ChannelRef
  readonly region: () => Region | null
  /** `alone`: it was never sent to another region. */
  readonly onAcked: (region: Region, entry: Entry, alone: boolean) => void
  /** It has read a region to its end, from `startedAt` on. */
  readonly onCaughtUp: (region: Region, startedAt: number) => void
}

type Row = {
  readonly n: number
  readonly update: Uint8Array
  /** The region that acknowledged it last: another may not have it yet, and is sent it again. */
  ackedBy: string | null
  /** Where it was ever sent. */
  readonly triedAt: Set<Region>
}

const beginning: Cursor = new Uint8Array(0)

export function createAuthor(world: RegionWorld, parts: AuthorParts): Author {
  const { chance, counts } = world
  const { name, person, ref, onAcked } = parts
  const writer = idOf<WriterId>(chance.bytes(shortIdBytes))
  const outbox = idOf<OutboxId>(chance.bytes(shortIdBytes))
  const doc = new Y.Doc({ guid: name })
  doc.clientID = clientIdOf(ref, person, writer)
  Y.applyUpdate(doc, entryZero, 'received')
  const rows: Row[] = []
  const keep = new Map<string, Entry>()
  const has = createKnowledge([entryZero])
  /** By region: how far it was read. */
  const cursors = new Map<string, Cursor>()
  let at = ''
  /** The number to push next. */
  let next = 1
  let gone = false

  doc.on('update', (update: Uint8Array, origin: unknown) => {
    if (origin === 'received') return
    rows.push({ n: rows.length + 1, update, ackedBy: null, triedAt: new Set() })
    has.add(update)
  })

  function edit(): void {
    const text = doc.getText('title')
    if (text.length > 4 && chance.happens(0.3)) {
      const from = chance.below(text.length - 2)
      text.delete(from, 1 + chance.below(Math.min(4, text.length - from - 1)))
    } else {
      const large = chance.happens(0.003) ? 'x'.repeat(400_000) : ''
      text.insert(chance.below(text.length + 1), `${name}${rows.length}${large} `)
    }
  }

  const pushOf = (row: Pick<Row, 'n' | 'update'>, of: OutboxId, voucher?: Voucher): Push => ({
    ...{ type: 'push', ...ref, outbox: of, n: row.n, update: row.update, epoch: 0, schemaMajor: 1 },
    ...{ writers: voucher === undefined ? [writer] : [] },
    ...(voucher === undefined ? {} : { voucher })
  })

  async function sync(): Promise<void> {
    const region = parts.region()
    if (gone || region === null) return
    if (region.name !== at) arrive(region.name)
    try {
      const row = rows[next - 1]
      if (row !== undefined) await push(region, row)
      // At rest it compares: what the region has lost, or never had, it may still have.
      else if (chance.happens(0.05)) await giveBack(region)
      else await pull(region)
    } catch (cause) {
      world.tell(`${name} at ${region.name}: ${String(cause)}`)
    }
  }

  function arrive(region: string): void {
    at = region
    const waiting = rows.findIndex(({ ackedBy }) => ackedBy !== region)
    next = waiting < 0 ? rows.length + 1 : waiting + 1
  }

  async function push(region: Region, row: Row): Promise<void> {
    row.triedAt.add(region)
    const answers = await region.call(person, [pushOf(row, outbox)])
    for (const answer of answers) {
      switch (answer.type) {
        case 'ack':
          row.ackedBy = region.name
          counts.acks += 1
          onAcked(region, { outbox, n: row.n, update: row.update }, row.triedAt.size === 1)
          next = row.n + 1
          break
        case 'gap':
          next = answer.have + 1
          break
        case 'unknown':
          await giveBack(region)
          break
        case 'refused':
          world.broken(`${name}: push ${row.n} was refused at ${region.name}: ${answer.reason}`)
          break
        default:
          world.tell(`${name}: ${answer.type} at ${region.name}`)
      }
    }
  }

  /** What the region lacks of all that was kept here, as it was when it was received. */
  async function giveBack(region: Region): Promise<void> {
    cursors.delete(region.name)
    const there = createKnowledge([entryZero])
    for (let more = true; more;) more = await pullPage(region, (update) => there.add(update))
    const lost = [...keep.values()].filter(({ update }) => !there.covers(update))
    const giving = idOf<OutboxId>(chance.bytes(shortIdBytes))
    let n = 1
    for (let waiting = lost, before = -1; waiting.length > 0 && waiting.length !== before;) {
      before = waiting.length
      const left: Entry[] = []
      for (const entry of waiting) {
        const voucher = { outbox: entry.outbox, n: entry.n, receipt: entry.receipt! }
        const push = pushOf({ n, update: entry.update }, giving, voucher)
        const [answer] = await region.call(person, [push])
        if (answer?.type === 'ack') n += 1
        else left.push(entry)
      }
      waiting = left
    }
    counts.healed += n - 1
    // Its own are sent under their own numbers.
    const lacking = rows.findIndex(({ update }) => !there.covers(update))
    if (lacking >= 0) next = Math.min(next, lacking + 1)
  }

  async function pull(region: Region): Promise<void> {
    const startedAt = world.time.now()
    if (!(await pullPage(region, () => undefined))) parts.onCaughtUp(region, startedAt)
  }

  /** Answers whether there is more. */
  async function pullPage(region: Region, see: (update: Uint8Array) => void): Promise<boolean> {
    const cursor = cursors.get(region.name) ?? beginning
    const [answer] = await region.call(person, [{ type: 'pull', ...ref, cursor }])
    if (answer?.type === 'resync') {
      cursors.delete(region.name)
      return true
    }
    if (answer?.type !== 'catch-up')
      throw new Error(`A pull is answered by ${String(answer?.type)}`)
    take(answer, see)
    cursors.set(region.name, answer.to)
    return answer.more
  }

  function take({ entries }: Extract<ServerMessage, { type: 'catch-up' }>, see: Knowledge['add']) {
    for (const entry of entries) {
      see(entry.update)
      has.add(entry.update)
      Y.applyUpdate(doc, entry.update, 'received')
      if (entry.outbox === checkpointOutbox || entry.receipt === undefined) continue
      keep.set(`${entry.outbox} ${entry.n}`, entry)
    }
  }

  return {
    name,
    person,
    doc,
    edit,
    sync,
    vanish: () => (gone = true),
    isGone: () => gone,
    isPushed: () => rows.every(({ ackedBy }) => ackedBy !== null),
    has: (update) => has.covers(update),
    kept: () => [...keep.values()]
  }
}

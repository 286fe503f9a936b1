// Tells what happens in a document to all of a region who listen to it: whoever they are connected through, none of them is here.
import { allOf } from '../../core/all-of'
import { entryMessages } from '../../core/fan-out'
import type { Appended, Audience, ConnectionId, Metrics, NewEntry } from '../../core/ports'
import type { Receipts } from '../../core/receipts'
import { createUnderWay } from '../../core/under-way'
import { encodeServerMessage } from '../../protocol/codec'
import type { ChannelRef, DocumentId } from '../../protocol/ids'
import type { Presence, ServerMessage } from '../../protocol/messages'
import { firstSchemaMajor, roleOf, type Rights } from '../../protocol/rights'
import { mayRead, type Role } from '../../protocol/roles'
import { receiptsSince } from '../../protocol/version'
import type { Callbacks } from './callbacks'
import type { Connections, Member, Place } from './connections'
import { postsAtOnceMax } from './limits'
import type { PresenceStore } from './presence'
import { orNull } from './tail'

export type Rooms = Audience & {
  /** As `entries`; rejects where not everybody could be told of them. */
  tell(
    ref: ChannelRef,
    entries: readonly NewEntry[],
    spans: readonly Appended[],
    pushedBy: ReadonlySet<ConnectionId>
  ): Promise<void>
  /** For everybody in the document but the connection it comes from. */
  presence(document: DocumentId, from: ConnectionId, people: readonly Presence[]): void
  /** The same for members that are known already. */
  show(members: readonly Member[], from: ConnectionId, people: readonly Presence[]): void
  /** A connection is gone: takes it out everywhere, and tells the others. */
  gone(connection: ConnectionId): void
  /** Resolves when all are told. */
  rest(): Promise<void>
}

export type RoomsParts = {
  readonly connections: Connections
  readonly callbacks: Callbacks
  readonly presenceStore: PresenceStore
  readonly receipts: Receipts
  /** With what other functions have written of them up to now. */
  readonly rightsOf: (document: DocumentId) => Promise<Rights>
  /** Called when everybody who listens was told of entries. */
  readonly onReached: (ref: ChannelRef, spans: readonly Appended[]) => Promise<void>
  readonly metrics: Metrics
  readonly report: (what: string, cause: unknown) => void
}

export function createRooms(parts: RoomsParts): Rooms {
  const { connections, callbacks, presenceStore, receipts, rightsOf, onReached, report } = parts
  const underWay = createUnderWay()

  function start(what: string, work: () => Promise<void>): void {
    underWay.add(work().catch((cause: unknown) => report(what, cause)))
  }

  /** Each is told by itself: one that is slow keeps back no other. */
  async function tellAll(
    told: readonly { readonly to: ConnectionId; readonly messages: readonly Uint8Array[] }[]
  ): Promise<void> {
    const left = [...told]
    const teller = async (): Promise<void> => {
      for (let one = left.pop(); one !== undefined; one = left.pop()) {
        const answer = await callbacks.tell(one.to, one.messages)
        if (answer === 'gone') await takeOut(one.to)
      }
    }
    await allOf(Array.from({ length: Math.min(postsAtOnceMax, told.length) }, teller))
  }

  async function takeOut(connection: ConnectionId): Promise<void> {
    const places = await connections.forget(connection)
    const documents = places.filter(({ channel }) => channel === 'content')
    await allOf(
      documents.map(async ({ document }) => {
        const people = (await orNull(presenceStore.end(document, connection))) ?? []
        if (people.length > 0) await tellPresence(document, connection, people)
      })
    )
  }

  async function tellPresence(
    document: DocumentId,
    from: ConnectionId,
    people: readonly Presence[]
  ): Promise<void> {
    await showAll(await connections.membersOf(document, 'content'), from, people)
  }

  async function showAll(
    members: readonly Member[],
    from: ConnectionId,
    people: readonly Presence[]
  ): Promise<void> {
    const others = members.filter(({ connection }) => connection !== from)
    const [first] = others
    if (first === undefined) return
    const message = encodeServerMessage({ type: 'awareness', document: first.document, people })
    await tellAll(others.map(({ connection }) => ({ to: connection, messages: [message] })))
  }

  async function tellRoles(document: DocumentId, rights: Rights): Promise<void> {
    const members = await connections.membersOf(document, null)
    const changes = changesOf(document, rights, members)
    await tellAll(changes.map(({ connection, messages }) => ({ to: connection, messages })))
    // Afterwards: whoever dies before is followed by one who tells it again.
    for (const { connection, left, entered } of changes) {
      await connections.leave(connection, left)
      await connections.enter(entered)
    }
  }

  const tell: Rooms['tell'] = async (ref, entries, spans, pushedBy) => {
    const rights = await rightsOf(ref.document)
    if (ref.channel === 'rights') await tellRoles(ref.document, rights)
    const members = await connections.membersOf(ref.document, ref.channel)
    const readers = members.filter(
      ({ connection, person }) =>
        !pushedBy.has(connection) && mayRead(roleOf(rights, person), ref.channel)
    )
    const told = lazily((vouched: boolean) =>
      entryMessages(ref, entries, spans, (entry) => (vouched ? receipts.vouch(ref, entry) : entry))
    )
    await tellAll(
      readers.map(({ connection, protocol }) => ({
        to: connection,
        messages: told(protocol >= receiptsSince)
      }))
    )
    await onReached(ref, spans)
  }

  return {
    tell,
    entries(ref, entries, spans, pushedBy) {
      start('Could not tell new entries', () => tell(ref, entries, spans, pushedBy))
    },

    presence(document, from, people) {
      start('Could not tell presence', () => tellPresence(document, from, people))
    },

    show(members, from, people) {
      start('Could not tell presence', () => showAll(members, from, people))
    },

    gone(connection) {
      start('Could not take out a connection', () => takeOut(connection))
    },

    rest: underWay.rest
  }
}

type Change = {
  readonly connection: ConnectionId
  readonly messages: readonly Uint8Array[]
  readonly left: readonly Place[]
  readonly entered: readonly Member[]
}

/** What becomes of everybody in a document whose rights are other ones now. */
function changesOf(
  document: DocumentId,
  rights: Rights,
  members: readonly Member[]
): readonly Change[] {
  const raised = rights.schemaMajor > firstSchemaMajor
  const changes: Change[] = []
  for (const connection of new Set(members.map((member) => member.connection))) {
    const own = members.filter((member) => member.connection === connection)
    const role = roleOf(rights, own[0]!.person)
    const messages: ServerMessage[] = []
    if (own.some((member) => member.role !== role)) {
      messages.push({ type: 'role-changed', document, role })
    }
    if (raised && role !== null && own.some(({ channel }) => channel === 'content')) {
      messages.push({ type: 'schema-raised', document, major: rights.schemaMajor })
    }
    if (messages.length === 0) continue
    const { left, entered } = movesOf(own, role)
    changes.push({ connection, messages: messages.map(encodeServerMessage), left, entered })
  }
  return changes
}

/** Where a connection stays with its new role, and what it leaves. */
function movesOf(
  own: readonly Member[],
  role: Role | null
): { readonly left: readonly Place[]; readonly entered: readonly Member[] } {
  const stays = own.filter(({ channel }) => channel !== 'away' && mayRead(role, channel))
  const left = own.filter((member) => !stays.includes(member))
  const entered = stays
    .filter((member) => member.role !== role)
    .map((member) => ({ ...member, role }))
  if (role !== null || own.some(({ channel }) => channel === 'away')) {
    // Who waits on waits with no right at all.
    const waits = role === null
    return { left: waits ? left.filter(({ channel }) => channel !== 'away') : left, entered }
  }
  return { left, entered: [...entered, { ...own[0]!, channel: 'away', role: null }] }
}

/** What is made once for each kind of reader. */
function lazily<T>(make: (kind: boolean) => T): (kind: boolean) => T {
  const made = new Map<boolean, T>()
  return (kind) => {
    const known = made.get(kind) ?? make(kind)
    made.set(kind, known)
    return known
  }
}

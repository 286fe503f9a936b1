// Who is in a document at this moment: kept only while their connection lasts, never stored.
import { encodeServerMessage } from '../protocol/codec'
import type { DocumentId, TabId } from '../protocol/ids'
import { peoplePerMessageMax } from '../protocol/limits'
import type { ClientMessage, Presence } from '../protocol/messages'
import type { Channel, Connection } from './subscription'
import { awarenessIntervalMs, peoplePerDocumentMax, tabsPerDocumentMax } from './limits'
import { counters } from './metrics'
import type { Clock, Gateway, Metrics } from './ports'

export type Awareness = {
  /** Takes a tab's state. False when the connection has too many tabs, or the document people. */
  set(connection: Connection, content: Channel, message: AwarenessMessage): boolean
  /** Tells a new subscriber who is there. */
  welcome(connection: Connection, content: Channel): void
  /** The connection's tabs leave the document; the others are told. */
  leave(connection: Connection, content: Channel): void
  /** Sends on what came faster than it may be told. */
  sweep(): void
}

type AwarenessMessage = Extract<ClientMessage, { type: 'awareness' }>

type Present = {
  readonly connection: Connection
  readonly presence: Presence
  readonly toldAt: number
  /** Whether the others know this state already. */
  readonly told: boolean
}
type Room = { readonly content: Channel; readonly tabs: Map<string, Present> }

export function createAwareness(gateway: Gateway, clock: Clock, metrics: Metrics): Awareness {
  const rooms = new Map<DocumentId, Room>()

  function set(connection: Connection, content: Channel, message: AwarenessMessage): boolean {
    const { document, tab, state } = message
    const room = rooms.get(document) ?? { content, tabs: new Map() }
    const key = keyOf(connection, tab)
    const before = room.tabs.get(key)
    if (state === null) {
      // Another connection of the person may have taken the tab over: then it is not ours to end.
      if (before?.connection === connection) remove(room, key, before)
      return true
    }
    if (before === undefined && !hasPlace(room, connection)) return false
    const presence = { person: connection.person, tab, state }
    const now = clock.now()
    const told = before === undefined || now - before.toldAt >= awarenessIntervalMs
    const toldAt = told ? now : before.toldAt
    room.tabs.set(key, { connection, presence, toldAt, told })
    rooms.set(document, room)
    if (told) tell(room, connection, [presence])
    return true
  }

  function remove(room: Room, key: string, { connection, presence }: Present): void {
    room.tabs.delete(key)
    if (room.tabs.size === 0) rooms.delete(room.content.ref.document)
    tell(room, connection, [{ ...presence, state: null }])
  }

  function tell(room: Room, from: Connection, people: readonly Presence[]): void {
    const { document } = room.content.ref
    let message: Uint8Array | null = null
    for (const { connection } of room.content.listeners) {
      if (connection === from) continue
      message ??= encodeServerMessage({ type: 'awareness', document, people })
      gateway.send(connection.id, message)
    }
    metrics.count(counters.awareness)
  }

  function welcome(connection: Connection, content: Channel): void {
    const { document } = content.ref
    const room = rooms.get(document)
    if (room === undefined) return
    const others = [...room.tabs.values()].filter((one) => one.connection !== connection)
    for (let at = 0; at < others.length; at += peoplePerMessageMax) {
      const people = others.slice(at, at + peoplePerMessageMax).map(({ presence }) => presence)
      connection.answer({ type: 'awareness', document, people })
    }
  }

  function leave(connection: Connection, content: Channel): void {
    const room = rooms.get(content.ref.document)
    if (room === undefined) return
    for (const [key, present] of room.tabs) {
      if (present.connection === connection) remove(room, key, present)
    }
  }

  function sweep(): void {
    for (const room of rooms.values()) {
      for (const [key, present] of room.tabs) {
        if (present.told) continue
        room.tabs.set(key, { ...present, told: true, toldAt: clock.now() })
        tell(room, present.connection, [present.presence])
      }
    }
  }

  return { set, welcome, leave, sweep }
}

function keyOf({ person }: Connection, tab: TabId): string {
  return `${person}/${tab}`
}

function hasPlace(room: Room, connection: Connection): boolean {
  if (room.tabs.size >= peoplePerDocumentMax) return false
  let own = 0
  for (const present of room.tabs.values()) if (present.connection === connection) own += 1
  return own < tabsPerDocumentMax
}

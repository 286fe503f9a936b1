// Awareness by notices: this tab's state out, the states of other tabs and people in.
import type { Awareness } from 'y-protocols/awareness'
import { removeAwarenessStates } from 'y-protocols/awareness'
import {
  clientIdOf,
  isWriterId,
  type ChannelRef,
  type PersonId,
  type TabId,
  type WriterId
} from '../../sync-api/protocol/ids'
import { awarenessBytesMax } from '../../sync-api/protocol/limits'
import type { Presence } from '../../sync-api/protocol/messages'
import type { Notice, Notices } from '../store/notices'

export type PresenceOptions = {
  readonly ref: ChannelRef
  readonly person: PersonId
  readonly tab: TabId
  readonly awareness: Awareness
  readonly notices: Notices
  readonly writer: () => WriterId
}

/** A presence state on the wire. The client id is not in it: it follows from person and writer. */
type PresenceState = { readonly writer: WriterId; readonly state: Record<string, unknown> }

/** Connects awareness and notices. The stop takes this tab's presence away from everybody. */
export function startPresence(options: PresenceOptions): () => void {
  const { ref, person, tab, awareness, notices } = options
  const clients = new Map<string, number>()
  let told: string | null = null

  function tell(): void {
    const state = encodeState(options.writer(), awareness.getLocalState())
    if (state === null && told === null) return
    told = state
    notices.tell({ kind: 'present', document: ref.document, tab, state })
  }

  function hear(notice: Notice): void {
    if (notice.kind === 'who-is-there') return tell()
    if (notice.kind !== 'present' && notice.kind !== 'people') return
    if (notice.document !== ref.document) return
    const people = notice.kind === 'people' ? notice.people : [{ ...notice, person }]
    for (const one of people) {
      if (one.person !== person || one.tab !== tab) apply(one)
    }
  }

  function apply(presence: Presence): void {
    const key = `${presence.person}/${presence.tab}`
    const known = clients.get(key)
    const read = presence.state === null ? null : readState(presence.state)
    const client = read === null ? null : clientIdOf(ref, presence.person, read.writer)
    if (known !== undefined && known !== client) {
      clients.delete(key)
      removeAwarenessStates(awareness, [known], presence)
    }
    if (read === null || client === null || client === awareness.clientID) return
    clients.set(key, client)
    // Stamped with what the relay vouches for: a state cannot say that it is somebody else's.
    const { person: from, tab: fromTab } = presence
    setState(awareness, client, { ...read.state, person: from, tab: fromTab }, presence)
  }

  // Only `change`: y-protocols repeats itself every 15 seconds for peers that forget after 30. Here
  // a state lives as long as its connection, so a repetition would be traffic without news.
  const onChange = (_: unknown, origin: unknown): void => {
    if (origin === 'local') tell()
  }
  awareness.on('change', onChange)
  const stopListening = notices.listen(hear)
  return () => {
    awareness.setLocalState(null)
    awareness.off('change', onChange)
    stopListening()
  }
}

/** Null when nobody is there, or so much is said that the relay would not take it. */
function encodeState(writer: WriterId, state: Record<string, unknown> | null): string | null {
  if (state === null || Object.keys(state).length === 0) return null
  const text = JSON.stringify({ writer, state } satisfies PresenceState)
  return new TextEncoder().encode(text).length <= awarenessBytesMax ? text : null
}

/** Anybody may send anything: what is not a state of ours is nobody. */
function readState(text: string): PresenceState | null {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    return null
  }
  if (!isRecord(value) || !isWriterId(value['writer']) || !isRecord(value['state'])) return null
  return { writer: value['writer'], state: value['state'] }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function setState(
  awareness: Awareness,
  client: number,
  state: Record<string, unknown>,
  origin: unknown
): void {
  const known = awareness.states.has(client)
  awareness.states.set(client, state)
  const clock = (awareness.meta.get(client)?.clock ?? 0) + 1
  // Never outdated: the connection is the lease, and its end is told.
  awareness.meta.set(client, { clock, lastUpdated: Infinity })
  const change = { added: known ? [] : [client], updated: known ? [client] : [], removed: [] }
  awareness.emit('change', [change, origin])
  awareness.emit('update', [change, origin])
}

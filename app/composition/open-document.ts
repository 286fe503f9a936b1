// An open document as the screens see it: replica, role, status, people and what was refused.
import { effect, signal, type ReadonlySignal } from '@preact/signals-core'
import type { Awareness } from 'y-protocols/awareness'
import {
  isPersonId,
  type ChannelRef,
  type DocumentId,
  type PersonId,
  type TabId
} from '../../sync-api/protocol/ids'
import { atLeast, type Role } from '../../sync-api/protocol/roles'
import { schemaVersion } from '../../sync-api/protocol/version'
import { claim } from '../browser/claim'
import type { LibraryReplica } from '../replica/library'
import { openReplica } from '../replica/open-replica'
import type { Replica, ReplicaOptions } from '../replica/replica'
import type { OpenDocument, Present, Profile, RecoveredCopy } from '../shell/meridian'
import type { Catalogue } from '../store/catalogue'
import type { Copies } from '../store/copies'
import type { Notices } from '../store/notices'
import { makeDocumentOf } from './recovered-copy'
import { watchStatus, type ReplicaStatusParts } from './replica-status'

export type OpenDocumentParts = Omit<ReplicaOptions, 'ref' | 'mayWrite' | 'claimEarlier'> &
  ReplicaStatusParts & {
    readonly catalogue: Catalogue
    readonly copies: Copies
    readonly library: LibraryReplica
    readonly profile: ReadonlySignal<Profile>
    /** The person has written something of their own. */
    readonly onEdited: () => void
    readonly isFromCopy: (document: DocumentId) => boolean
  }

/** Opens a document on this device, whether or not the network is there. */
export async function openDocument(
  parts: OpenDocumentParts,
  document: DocumentId
): Promise<OpenDocument> {
  const ref: ChannelRef = { document, channel: 'content' }
  const role = await watchRole(parts, document)
  const fenced = await watchFence(parts, document)
  const mayWrite = (): boolean => {
    const current = role.value.peek()
    if (fenced.value.peek()) return false
    return current !== null && current !== undefined && atLeast(current, 'editor')
  }
  const claimEarlier = ({ document }: ChannelRef) => claim(`meridian-earlier ${document}`)
  const replica = await openReplica({ ...parts, ref, mayWrite, claimEarlier })
  const status = watchStatus(parts, replica)
  const people = watchPeople(replica.awareness, parts.person, parts.tab)
  const recovered = await watchRecovered(parts, replica)
  const stops = [
    role.stop,
    fenced.stop,
    status.stop,
    people.stop,
    recovered.stop,
    parts.library.follow(replica),
    effect(() => replica.awareness.setLocalStateField('user', parts.profile.value)),
    watchEdits(replica, parts.onEdited)
  ]
  return {
    document,
    replica,
    role: role.value,
    fenced: fenced.value,
    status: status.value,
    fromCopy: parts.isFromCopy(document),
    people: people.value,
    recovered: recovered.value,
    outdated: recovered.outdated,
    async close() {
      for (const stop of stops) stop()
      await replica.close()
    }
  }
}

type Watched<T> = { readonly value: ReadonlySignal<T>; stop(): void }

/** What this device last knew of the role, then what the relay says. */
async function watchRole(
  { catalogue, notices }: { catalogue: Catalogue; notices: Notices },
  document: DocumentId
): Promise<Watched<Role | null | undefined>> {
  const value = signal<Role | null | undefined>(undefined)
  const stop = notices.listen((notice) => {
    if (notice.kind === 'role' && notice.document === document) value.value = notice.role
  })
  const row = await catalogue.get(document)
  // Null in the catalogue is a document of somebody else whose role the relay has not told yet.
  if (value.peek() === undefined) value.value = row?.role ?? undefined
  return { value, stop }
}

/** Whether the document was written under a schema above this release's, as far as this device knows. */
async function watchFence(
  { catalogue, notices }: { catalogue: Catalogue; notices: Notices },
  document: DocumentId
): Promise<Watched<boolean>> {
  const value = signal(false)
  const know = (major: number): void => {
    if (major > schemaVersion.major) value.value = true
  }
  const stop = notices.listen((notice) => {
    if (notice.kind === 'schema' && notice.document === document) know(notice.major)
  })
  know((await catalogue.get(document))?.schemaMajor ?? 0)
  return { value, stop }
}

function watchPeople(
  awareness: Awareness,
  self: PersonId,
  tab: TabId
): Watched<readonly Present[]> {
  const read = (): readonly Present[] =>
    [...awareness.getStates()].flatMap(([client, state]) =>
      client === awareness.clientID
        ? [presentOf({ ...state, person: self, tab }, true)].flat()
        : [presentOf(state, false)].flat()
    )
  const value = signal<readonly Present[]>(read())
  const onChange = (): void => {
    value.value = read()
  }
  awareness.on('change', onChange)
  return { value, stop: () => awareness.off('change', onChange) }
}

/** States come from anybody: what does not say who it is shows nobody. */
function presentOf(state: Record<string, unknown>, self: boolean): Present | [] {
  const { person, tab } = state
  const user = state['user']
  if (!isPersonId(person) || typeof tab !== 'string' || !isProfile(user)) return []
  return { person, tab, profile: { name: user.name, color: user.color }, self }
}

function isProfile(value: unknown): value is Profile {
  if (typeof value !== 'object' || value === null) return false
  const { name, color } = value as Record<string, unknown>
  return typeof name === 'string' && Number.isInteger(color)
}

type Recovered = Watched<RecoveredCopy | null> & { readonly outdated: ReadonlySignal<boolean> }

/** The newest refused edits of this document, from before and from now on. */
async function watchRecovered(parts: OpenDocumentParts, replica: Replica): Promise<Recovered> {
  const { document } = replica.ref
  const value = signal<RecoveredCopy | null>(null)
  const outdated = signal(false)
  async function read(): Promise<void> {
    const copy = (await parts.copies.of(document)).find(({ reason }) => reason !== 'replaced')
    value.value =
      copy === undefined
        ? null
        : { at: copy.at, makeDocument: () => makeDocumentOf(parts, copy, read) }
  }
  const stop = replica.watchSetAside(() => {
    outdated.value = true
    read().catch(parts.onTrouble)
  })
  await read()
  return { value, outdated, stop }
}

function watchEdits(replica: Replica, onEdited: () => void): () => void {
  const onUpdate = (
    _: Uint8Array,
    __: unknown,
    ___: unknown,
    transaction: { local: boolean }
  ): void => {
    if (transaction.local) onEdited()
  }
  replica.doc.on('update', onUpdate)
  return () => replica.doc.off('update', onUpdate)
}

// What the screens may use: composed in main.ts, so that a screen knows no store and no socket.
import type { ReadonlySignal } from '@preact/signals-core'
import type { DocumentId, LinkId, PersonId } from '../../sync-api/protocol/ids'
import type { DevicesAnswer, RightsAnswer } from '../../sync-api/protocol/http'
import type { LinkRole, Role } from '../../sync-api/protocol/roles'
import type { Loss } from '../browser/canary'
import type { Replica } from '../replica/replica'
import type { ConnectionState } from '../store/notices'
import type { DocumentStatus } from '../sync/status'

/** How a person appears to others. `color` is one of the presence colours of the style sheet, 0-11. */
export type Profile = { readonly name: string; readonly color: number }

/** One line of the library. Times in ms since 1970 by this device's clock. */
export type LibraryItem = {
  readonly document: DocumentId
  readonly title: string
  readonly role: Role | null
  readonly createdAt: number
  readonly editedAt: number
  readonly openedAt: number | null
  readonly removedAt: number | null
  readonly pinned: boolean
  /** Changes of this device that the relay has not acknowledged. */
  readonly unacknowledged: number
  /** Whether the text is on this device and opens without a network. */
  readonly onDevice: boolean
}

export type Library = {
  readonly items: ReadonlySignal<readonly LibraryItem[]>
  /** Makes an empty document on this device and answers its id at once. */
  create(): Promise<DocumentId>
  rename(document: DocumentId, title: string): Promise<void>
  /** To the bin; `restore` takes it back. */
  remove(document: DocumentId): Promise<void>
  restore(document: DocumentId): Promise<void>
  pin(document: DocumentId, pinned: boolean): Promise<void>
}

/** A person seen in an open document, one entry a tab. */
export type Present = {
  readonly person: PersonId
  readonly tab: string
  readonly profile: Profile
  readonly self: boolean
}

export type OpenDocument = {
  readonly document: DocumentId
  readonly replica: Replica
  /** Null is no access; undefined while neither this device nor the relay has said. */
  readonly role: ReadonlySignal<Role | null | undefined>
  /** A newer release wrote in it, so this one only reads it. */
  readonly fenced: ReadonlySignal<boolean>
  readonly status: ReadonlySignal<DocumentStatus>
  /** Whether it had to be opened from its recovery copy, which may lack the last edits. */
  readonly fromCopy: boolean
  readonly people: ReadonlySignal<readonly Present[]>
  /** Edits that the relay refused, kept as a copy: what to offer the person. */
  readonly recovered: ReadonlySignal<RecoveredCopy | null>
  /** The replica was set aside and no longer stands for the document: close it and open again. */
  readonly outdated: ReadonlySignal<boolean>
  close(): Promise<void>
}

/** `makeDocument` puts the kept text in a new document of the person's own and answers its id. */
export type RecoveredCopy = { readonly at: number; makeDocument(): Promise<DocumentId> }

export type Sharing = {
  /** The fragment's part of a new link: `#k=<link>.<secret>`; the whole URL is answered. */
  makeLink(document: DocumentId, role: LinkRole): Promise<string>
  withdrawLink(document: DocumentId, link: LinkId): Promise<void>
  /** Opens a link's door: claims it and puts the document into the library. */
  claim(document: DocumentId, link: LinkId, secret: string): Promise<Role>
  rights(document: DocumentId): Promise<RightsAnswer>
  grant(document: DocumentId, person: PersonId, role: Role, name: string): Promise<void>
  withdraw(document: DocumentId, person: PersonId): Promise<void>
}

export type Identity = {
  readonly person: PersonId
  /** This device's key, as `devices` names it. */
  readonly device: string
  readonly profile: ReadonlySignal<Profile>
  setProfile(profile: Profile): Promise<void>
  /** Makes a recovery key, registers its hash, and answers it once, in groups to print. */
  makeRecoveryKey(): Promise<string>
  /** Becomes the person of a recovery key; every tab starts anew. */
  recover(key: string): Promise<void>
  /** A one-time code to enter on another device, and until when it works (ms since 1970). */
  makeDeviceCode(): Promise<{ readonly code: string; readonly until: number }>
  join(code: string): Promise<void>
  devices(): Promise<DevicesAnswer>
  removeDevice(key: string): Promise<void>
}

export type Installation = {
  /** Whether the browser offers to install; false once installed. */
  readonly offered: ReadonlySignal<boolean>
  install(): Promise<void>
}

export type Release = {
  /** A new release waits to be taken. */
  readonly waiting: ReadonlySignal<boolean>
  /** Stores what is open, then takes it in every tab. */
  take(): Promise<void>
}

/** Expected failures that a screen shows as a sentence. */
export class UserFacingError extends Error {}

/** A document with changes that are not safe yet; `title` is null for the list of documents itself. */
export type UnsafeDocument = {
  readonly document: DocumentId
  readonly title: string | null
  readonly status: DocumentStatus
}

export type ExportForm = 'markdown' | 'yjs'

export type Safety = {
  /** Everything of this device that is not safe yet. */
  readonly unsafe: ReadonlySignal<readonly UnsafeDocument[]>
  /** What the browser deleted of this device's storage, until it is forgotten. */
  readonly loss: ReadonlySignal<Loss | null>
  forgetLoss(): void
  /** Documents that stand in recovery copies and in no list; makes documents of them. */
  readonly copies: ReadonlySignal<number>
  bringBack(): Promise<void>
  /** Tries now to store what waits in memory. */
  retry(): void
  /** Saves a document as a file; from memory when it is open. */
  export(document: DocumentId, form: ExportForm): Promise<void>
}

export type Meridian = {
  readonly safety: Safety
  readonly library: Library
  readonly sharing: Sharing
  readonly identity: Identity
  readonly connection: ReadonlySignal<ConnectionState>
  readonly installation: Installation
  readonly release: Release
  /** Whether storage is persistent; null until asked. */
  readonly persistent: ReadonlySignal<boolean | null>
  open(document: DocumentId): Promise<OpenDocument>
}

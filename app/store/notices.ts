// What tabs of one browser tell each other about stored facts and presence, this tab included.
import type { ChannelRef, DocumentId, TabId, WriterId } from '../../sync-api/protocol/ids'
import type { Presence } from '../../sync-api/protocol/messages'
import type { Role } from '../../sync-api/protocol/roles'
import type { RefusalReason } from '../../sync-api/protocol/errors'

/** Everything here has already happened: a stored fact is told only after its commit. */
export type Notice =
  /** A tab committed local updates; they wait in the outbox. */
  | {
      readonly kind: 'written'
      readonly ref: ChannelRef
      readonly tab: TabId
      /** Whose updates these are: every replica but this writer's own applies them. */
      readonly writer: WriterId
      /** As of `LocalUpdate`: a replica of after the channel was set aside passes over what is late. */
      readonly asides?: number | undefined
      readonly updates: readonly Uint8Array[]
    }
  /** The network side committed updates of others. */
  | {
      readonly kind: 'received'
      readonly ref: ChannelRef
      readonly updates: readonly Uint8Array[]
    }
  /** Batches were acknowledged and forgotten, or nothing waits any more. */
  | { readonly kind: 'settled'; readonly ref: ChannelRef }
  /** The log was compared with what this device holds: what it lacks waits to be sent again. */
  | { readonly kind: 'given-back'; readonly ref: ChannelRef }
  /** The relay refused this device's edits; they lie in recovered copy `copy`. */
  | {
      readonly kind: 'set-aside'
      readonly ref: ChannelRef
      readonly reason: RefusalReason
      readonly copy: number
    }
  /** Rows of a channel were lost here: what the relay has of it is fetched, and what it lacks sent. */
  | { readonly kind: 'damaged'; readonly ref: ChannelRef }
  /** Documents that a tab shows, the visible one first; empty when it closes. */
  | {
      readonly kind: 'shows'
      readonly tab: TabId
      readonly documents: readonly DocumentId[]
      readonly visible: boolean
    }
  /** Asks every tab to say again what it shows and who is there (a new leader does). */
  | { readonly kind: 'who-is-there' }
  /** This tab's presence in a document, for the leader to send. */
  | {
      readonly kind: 'present'
      readonly document: DocumentId
      readonly tab: TabId
      readonly state: string | null
    }
  /** Presence of others, from the leader. */
  | {
      readonly kind: 'people'
      readonly document: DocumentId
      readonly people: readonly Presence[]
    }
  | { readonly kind: 'role'; readonly document: DocumentId; readonly role: Role | null }
  /** A document was written under this major of the schema. */
  | { readonly kind: 'schema'; readonly document: DocumentId; readonly major: number }
  /** The set of documents this device keeps has changed. */
  | { readonly kind: 'catalogue' }
  /** Everything missed of a document is stored; holds until the connection is no longer online. */
  | { readonly kind: 'caught-up'; readonly document: DocumentId }
  /** The leader's connection, for the status line of every tab. */
  | { readonly kind: 'connection'; readonly state: ConnectionState }
  /** This browser's person changed (recovery, another device): every tab starts anew. */
  | { readonly kind: 'identity' }

export type ConnectionState =
  | { readonly kind: 'connecting' }
  | { readonly kind: 'online' }
  /** The next try, ms since 1970; null while the browser says there is no network. */
  | { readonly kind: 'offline'; readonly nextTryAt: number | null }
  /** The relay said not to come again: the app must do something first. */
  | { readonly kind: 'stopped'; readonly reason: 'ticket' | 'release' }

/** Where notices go and come from. */
export type Notices = {
  /** Tells every tab, this one too; this tab's listeners have run when it returns. */
  tell(notice: Notice): void
  /** Calls `listener` for every notice of any tab; answers its stop. */
  listen(listener: (notice: Notice) => void): () => void
  close(): void
}

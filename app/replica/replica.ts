// This device's copy of one channel: a Y.Doc that is stored before it is sent.
import type { Awareness } from 'y-protocols/awareness'
import type * as Y from 'yjs'
import type { ChannelRef, DocumentId, PersonId, TabId, WriterId } from '../../sync-api/protocol/ids'
import type { Notices } from '../store/notices'
import type { LocalUpdate, ReplicaStore, StoreFailure } from '../store/ports'
import type { After } from './queue'

export type ReplicaOptions = {
  readonly ref: ChannelRef
  readonly person: PersonId
  readonly tab: TabId
  readonly store: ReplicaStore
  readonly notices: Notices
  /** Random bytes for the writer's id. */
  readonly random: (length: number) => Uint8Array
  readonly after: After
  /** Whether this person's edits would be accepted, as far as this device knows. */
  readonly mayWrite: () => boolean
  /**
   * Makes this tab answer for what this device wrote into the channel before; answers the end of it, or
   * null when another tab does. Null for channels where nobody needs to.
   */
  readonly claimEarlier: ((ref: ChannelRef) => Promise<(() => void) | null>) | null
  /** Keeps the recovery copy; null for channels that have none. */
  readonly writeCopy: ((document: DocumentId, state: Uint8Array) => Promise<void>) | null
  /** An update could not be applied, a fold or a copy failed; nothing is lost. For the log. */
  readonly onTrouble: (cause: unknown) => void
}

export type Replica = {
  readonly ref: ChannelRef
  readonly writer: WriterId
  /** Its client id follows from the writer; set after loading, never reused. */
  readonly doc: Y.Doc
  /** Made after the client id was set; remote states come and go by notices. */
  readonly awareness: Awareness
  /** Undoes what this tab's editor did; tracks origins of the editor only. */
  readonly undo: Y.UndoManager
  /**
   * Resolves when every local update made so far is committed on this device. Rejects with a
   * StoreFailure when a try failed; it is tried again all the same.
   */
  written(): Promise<void>
  /** Local updates that no commit has confirmed yet, oldest first. */
  unwritten(): readonly LocalUpdate[]
  /** Asks for everything to be stored at once, waiting for nothing: the page may be leaving. */
  hurry(): void
  /** Local updates that are in memory only, for the status line; told on every change. */
  watchUnwritten(listener: (count: number, failure: StoreFailure | null) => void): () => void
  /** Whether this tab answers for what this client of Yjs inserted. */
  isMine(client: number): boolean
  /**
   * Lets in what came while nobody on this device showed the channel, and from now on everything as it
   * comes. To be called when whoever shows it listens to `beforeReceived`. `doc` has all else from the
   * start; where `claimEarlier` is null or another tab's, it has everything.
   */
  catchUp(): void
  /** Calls each time before what others wrote enters `doc`, with it; answers how to end that. */
  beforeReceived(listener: (updates: readonly Uint8Array[]) => void): () => void
  /**
   * Told when this device's edits were refused: what it held has become a copy, and the replica stands
   * for the channel no more. Told at once if that has happened; answers how to end that.
   */
  watchSetAside(listener: () => void): () => void
  /** Reads what was stored while this tab was frozen or asleep and could hear no notices. */
  refresh(): Promise<void>
  /**
   * Writes what is left, then lets go of the document. Rejects with a StoreFailure when it cannot
   * be written, and then the replica stays open with it.
   */
  close(): Promise<void>
}

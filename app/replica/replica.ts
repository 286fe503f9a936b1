// This device's copy of one channel: a Y.Doc that is stored before it is sent.
import type { Awareness } from 'y-protocols/awareness'
import type * as Y from 'yjs'
import type { ChannelRef, PersonId, TabId, WriterId } from '../../sync-api/protocol/ids'
import type { Notices } from '../store/notices'
import type { ReplicaStore, StoreFailure } from '../store/ports'

export type ReplicaOptions = {
  readonly ref: ChannelRef
  readonly person: PersonId
  readonly tab: TabId
  readonly store: ReplicaStore
  readonly notices: Notices
  /** Random bytes for the writer's id. */
  readonly random: (length: number) => Uint8Array
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
  /** Resolves when every local update made so far is committed on this device. */
  written(): Promise<void>
  /** Local updates that are in memory only, for the status line; told on every change. */
  watchUnwritten(listener: (count: number, failure: StoreFailure | null) => void): () => void
  /** Writes what is left, then lets go of the document. */
  close(): Promise<void>
}

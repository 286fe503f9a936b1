// What the load generator needs of a protocol: to open a document, push a keystroke, hear the others.
import type { DocumentId } from '../../../sync-api/protocol/ids'
import type { Person } from './people'

export type DialectName = 'floor' | 'meridian' | 'hocuspocus'

/** A document by the name all servers know it under; `nonce` proves its owner where that matters. */
export type BenchDocument = {
  readonly id: DocumentId
  readonly owner: Person
  readonly nonce: string
}

/** What a client is told; nothing before `open` has resolved. */
export type Ears = {
  /** An update of somebody else. */
  update(update: Uint8Array): void
  /** How many of this client's updates are acknowledged so far. */
  acknowledged(count: number): void
}

export type Client = {
  /** The Yjs client id that this client's updates must be written under. */
  readonly clientId: number
  /** Sends one update; how it is numbered and acknowledged is the protocol's own. */
  push(update: Uint8Array): void
  close(): Promise<void>
}

export type Opened = {
  readonly client: Client
  /** What the server had: to be applied in this order. */
  readonly updates: readonly Uint8Array[]
  /** Bytes received until then. */
  readonly bytes: number
}

export type Dialect = {
  /** Whether the server says what it has taken. */
  readonly acknowledges: boolean
  /** Lets people in who will open the document; outside of what is measured. */
  admit(origin: string, document: BenchDocument, people: readonly Person[]): Promise<void>
  /** Asks for what a connection needs first, such as a ticket, so that `open` does not wait for it. */
  prepare(origin: string, person: Person): Promise<void>
  /** Resolves when the client has all the server had. */
  open(origin: string, document: BenchDocument, person: Person, ears: Ears): Promise<Opened>
}

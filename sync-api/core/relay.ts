// The relay as a host sees it: events of sockets and calls of the HTTP API go in, messages come out.
import type { DocumentId, PersonId } from '../protocol/ids'
import type { ClientMessage, ServerMessage } from '../protocol/messages'
import type { PeopleDesk } from './people'
import type {
  Clock,
  ConnectionId,
  Directory,
  Folder,
  Gateway,
  Log,
  Metrics,
  Randomness,
  TicketClaims,
  Tickets
} from './ports'
import type { SharingDesk } from './sharing'

export { Refusal } from './refusal'
export type { PeopleDesk } from './people'
export type { SharingDesk } from './sharing'

export type RelayPorts = {
  readonly log: Log
  readonly directory: Directory
  readonly gateway: Gateway
  readonly folder: Folder
  readonly tickets: Tickets
  readonly clock: Clock
  readonly random: Randomness
  readonly metrics: Metrics
  /** Name of the region, told in the welcome. */
  readonly region: string
  /** Whether this host takes binary frames. */
  readonly binary: boolean
  readonly pushesInFlightMax: number
  /** 32 secret bytes, which make receipts: kept as long as the log, and in its backups. */
  readonly receiptKey: Uint8Array
  /** Whether other processes write the same log at the same time; false when left out. */
  readonly shared?: boolean
  /** The schema of the app it hands out; this release's when left out. */
  readonly schemaMajor?: number
  /** Told what the operator should know: what failed and why, without content of documents. */
  readonly report?: (what: string, cause: unknown) => void
}

export type Relay = {
  /** A socket whose ticket was verified at the handshake. Nothing is sent before its hello. */
  connect(connection: ConnectionId, claims: TicketClaims): void
  /** One message of a connection, in the order received. Never throws: errors are answered. */
  receive(connection: ConnectionId, message: ClientMessage): void
  disconnect(connection: ConnectionId): void
  /** Closes connections that are silent or whose ticket ran out; the host calls it every few seconds. */
  sweep(): void
  /**
   * The same messages by HTTP, answered in order when all that was pushed is durable. `protocol` is the version of the wire
   * that the caller speaks; this release's when left out.
   */
  bulk(
    person: PersonId,
    messages: readonly ClientMessage[],
    protocol?: number
  ): Promise<readonly ServerMessage[]>
  /** Takes in what other processes have written of the document's rights since they were last looked at. */
  renew(document: DocumentId): Promise<void>
  readonly sharing: SharingDesk
  readonly people: PeopleDesk
  /** Tells everybody to come again, lets appends finish, and resolves. */
  stop(): Promise<void>
}

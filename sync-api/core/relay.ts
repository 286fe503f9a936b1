// The relay as a host sees it: events of sockets and calls of the HTTP API go in, messages come out.
import type { ChannelRef, DocumentId, PersonId } from '../protocol/ids'
import type { ClientMessage, ServerMessage } from '../protocol/messages'
import type { Rights } from '../protocol/rights'
import type { Role } from '../protocol/roles'
import type { PeopleDesk } from './people'
import type {
  Audience,
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
  /** Given where other processes write the same log at the same time. */
  readonly shared?: SharedLog
  /** Given where other processes have connections of their own. */
  readonly audience?: Audience
  /** Given where folding is done by another process: told of each channel that is due. */
  readonly foldElsewhere?: (ref: ChannelRef) => void
  /** The schema of the app it hands out; this release's when left out. */
  readonly schemaMajor?: number
  /** Told what the operator should know: what failed and why, without content of documents. */
  readonly report?: (what: string, cause: unknown) => void
}

/** A log that others write as well, of whose entries some may not have come here yet. */
export type SharedLog = {
  /**
   * Brings what any region has of the channel's log here. Rejects where one does not answer: nobody may be told for good that
   * something is not there as long as another may have it.
   */
  consult(ref: ChannelRef): Promise<void>
}

/** What somebody is about to do to a channel. */
export type Wish = ChannelRef & { readonly person: PersonId; readonly does: 'read' | 'write' }

/** What a host keeps of a connection that each of its messages may find another process for. */
export type Standing = {
  /** As told in the welcome. */
  readonly protocol: number
  /** By channel key. */
  readonly listensTo: ReadonlySet<string>
}

/** How a connection stands after what it has said. */
export type Stood = {
  /** 0 before its hello. */
  readonly protocol: number
  readonly expiresAt: number
  readonly listens: readonly { readonly ref: ChannelRef; readonly role: Role }[]
  readonly turnedAwayFrom: readonly DocumentId[]
}

export type Relay = {
  /**
   * A socket whose ticket was verified at the handshake. Nothing is sent before its hello; with `before` it has said that already.
   */
  connect(connection: ConnectionId, claims: TicketClaims, before?: Standing): void
  /** One message of a connection, in the order received. Never throws: errors are answered. */
  receive(connection: ConnectionId, message: ClientMessage): void
  disconnect(connection: ConnectionId): void
  /** Null when the connection is closed. */
  stood(connection: ConnectionId): Stood | null
  /** Resolves when all that was received is answered, as far as it will be. */
  rest(): Promise<void>
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
  /**
   * Before each message where the log is shared: takes in what others have written of the document's rights, and asks the other
   * regions before the wish is refused. Rejects when they do not answer.
   */
  renew(wish: Wish): Promise<void>
  /** The rights of a document, with what others have written of them up to now. */
  rights(document: DocumentId): Promise<Rights>
  readonly sharing: SharingDesk
  readonly people: PeopleDesk
  /** Tells everybody to come again, lets appends finish, and resolves. */
  stop(): Promise<void>
}

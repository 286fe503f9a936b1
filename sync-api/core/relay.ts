// The relay as a host sees it: events of sockets and calls of the HTTP API go in, messages come out.
import type { ErrorCode } from '../protocol/errors'
import type { DocumentId, LinkId, PersonId } from '../protocol/ids'
import type { ClientMessage, ServerMessage } from '../protocol/messages'
import type { PublicKey, Rights } from '../protocol/rights'
import type { LinkRole, Role } from '../protocol/roles'
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
}

/** Expected failures of an HTTP call; the host answers them with a status and a sentence. */
export class Refusal extends Error {
  constructor(readonly code: ErrorCode) {
    super(code)
    this.name = 'Refusal'
  }
}

/** A person's calls about who may do what in a document. Each throws Refusal when not allowed. */
export type SharingDesk = {
  rights(by: PersonId, document: DocumentId): Promise<Rights>
  makeLink(
    by: PersonId,
    document: DocumentId,
    link: LinkId,
    role: LinkRole,
    hash: string
  ): Promise<void>
  withdrawLink(by: PersonId, document: DocumentId, link: LinkId): Promise<void>
  claim(
    by: PersonId,
    document: DocumentId,
    link: LinkId,
    secret: string,
    name: string
  ): Promise<Role>
  grant(
    by: PersonId,
    document: DocumentId,
    person: PersonId,
    role: Role,
    name: string
  ): Promise<void>
  withdraw(by: PersonId, document: DocumentId, person: PersonId): Promise<void>
}

/** Keys that speak for a person. Each throws Refusal when not allowed. */
export type PeopleDesk = {
  /** Whether `key` speaks for `person`; registers the first key of a new person, whose hash they are. */
  admit(person: PersonId, key: PublicKey, spki: Uint8Array): Promise<void>
  setRecovery(by: PersonId, hash: string): Promise<void>
  recover(secret: string, key: PublicKey, name: string): Promise<PersonId>
  makeCode(by: PersonId): Promise<string>
  join(code: string, key: PublicKey, name: string): Promise<PersonId>
  devices(by: PersonId): Promise<Rights>
  removeDevice(by: PersonId, key: string): Promise<void>
}

export type Relay = {
  /** A socket whose ticket was verified at the handshake. Nothing is sent before its hello. */
  connect(connection: ConnectionId, claims: TicketClaims): void
  /** One message of a connection, in the order received. Never throws: errors are answered. */
  receive(connection: ConnectionId, message: ClientMessage): void
  disconnect(connection: ConnectionId): void
  /** Closes connections that are silent or whose ticket ran out; the host calls it every few seconds. */
  sweep(): void
  /** The same messages by HTTP, answered in order when all that was pushed is durable. */
  bulk(person: PersonId, messages: readonly ClientMessage[]): Promise<readonly ServerMessage[]>
  readonly sharing: SharingDesk
  readonly people: PeopleDesk
  /** Tells everybody to come again, lets appends finish, and resolves. */
  stop(): Promise<void>
}

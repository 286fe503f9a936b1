// The relay as a host sees it: events of sockets and calls of the HTTP API go in, messages come out.
import type { PersonId } from '../protocol/ids'
import type { ClientMessage, ServerMessage } from '../protocol/messages'
import { createAccess } from './access'
import { createAuthorship } from './authorship'
import { createAwareness } from './awareness'
import { createBulk } from './bulk'
import { createCatchUp } from './catch-up'
import { createCompaction, type Compaction } from './compaction'
import { createConversation } from './conversation'
import { createDocuments, type Documents } from './document'
import { createFanOut } from './fan-out'
import { createPeople, type PeopleDesk } from './people'
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
import { applyRights } from './role-changes'
import { createRouter } from './router'
import { createSharing, type SharingDesk } from './sharing'

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
  /** The same messages by HTTP, answered in order when all that was pushed is durable. */
  bulk(person: PersonId, messages: readonly ClientMessage[]): Promise<readonly ServerMessage[]>
  readonly sharing: SharingDesk
  readonly people: PeopleDesk
  /** Tells everybody to come again, lets appends finish, and resolves. */
  stop(): Promise<void>
}

export function createRelay(ports: RelayPorts): Relay {
  const { log, gateway, clock, random, metrics, directory, tickets } = ports
  const report = ports.report ?? ((): void => undefined)
  const fanOut = createFanOut(gateway, metrics)
  const awareness = createAwareness(gateway, clock, metrics)
  const catchUp = createCatchUp(log, metrics)
  const documents: Documents = createDocuments({
    log,
    clock,
    metrics,
    report,
    onAppended(channel, batch, spans) {
      fanOut.deliver(channel, batch, spans)
      compaction.consider(channel.ref, channel)
    }
  })
  const compaction: Compaction = createCompaction({
    ...{ log, folder: ports.folder, clock, metrics, report },
    onFolded(ref, left) {
      const channel = documents.inUse(ref)
      if (channel === null) return
      channel.unfoldedEntries = left.unfoldedEntries
      channel.unfoldedBytes = left.unfoldedBytes
    }
  })
  const access = createAccess({
    ...{ log, documents, clock, random },
    onChanged: (document, rights) => applyRights(document, rights, documents, conversation.leave)
  })
  const entryOf = createAuthorship(clock)
  const conversation = createConversation({
    ...{ access, awareness, catchUp, documents, fanOut, gateway, tickets, clock, entryOf, report },
    onAtRest: (channel) => compaction.considerAtRest(channel.ref, channel)
  })
  const { region, binary, pushesInFlightMax } = ports
  const router = createRouter({
    ...{ conversation, gateway, clock, region, binary, pushesInFlightMax }
  })
  return {
    connect: router.connect,
    receive: router.receive,
    disconnect: router.disconnect,
    sweep() {
      router.sweep()
      awareness.sweep()
    },
    bulk: createBulk({ access, documents, catchUp, entryOf }),
    sharing: createSharing(access),
    people: createPeople({ access, directory, clock, random }),
    async stop() {
      router.handOver()
      await Promise.all([documents.drain(), compaction.stop()])
      router.closeAll()
    }
  }
}

// A region as one environment of a function has it: the relay's core on the region's services. Others do the same beside it, so
// nothing but what is only remembered stays here between two events.
import { randomBytes } from 'node:crypto'
import { setTimeout as pause } from 'node:timers/promises'
import { createBreaker, guardTail, type Dependency } from '../../adapters/aws/breakers'
import { createBus } from '../../adapters/aws/bus'
import { createCallbacks, isCallbackFailure, type Callbacks } from '../../adapters/aws/callbacks'
import { createConnections, type Connections } from '../../adapters/aws/connections'
import { createDynamoTable } from '../../adapters/aws/dynamo-table'
import { createEmfMetrics, type EmfMetrics } from '../../adapters/aws/emf-metrics'
import { createGlobalLog, type GlobalLog } from '../../adapters/aws/global-log'
import { createFoldMemory, isFirstToAsk } from '../../adapters/aws/fold-marks'
import type { ItemsParts } from '../../adapters/aws/items'
import { metricNames } from '../../adapters/aws/metric-names'
import { createPresence, type PresenceStore } from '../../adapters/aws/presence'
import { connectRedis } from '../../adapters/aws/redis-scripts'
import { createRedisTail } from '../../adapters/aws/redis-tail'
import { createRooms, type Rooms } from '../../adapters/aws/rooms'
import type { Table } from '../../adapters/aws/table'
import { createTableDirectory } from '../../adapters/aws/table-directory'
import type { TailEntry } from '../../adapters/aws/tail'
import { createHandOver, type Work } from '../../adapters/aws/work'
import { importTicketKeys } from '../../adapters/node/ticket-keys'
import { createTickets } from '../../adapters/node/tickets'
import { createRelay } from '../../core/create-relay'
import type { Folder, Tickets } from '../../core/ports'
import { createReceipts } from '../../core/receipts'
import type { Relay } from '../../core/relay'
import { createUnderWay } from '../../core/under-way'
import { channelKey, type ChannelRef } from '../../protocol/ids'
import { createClients } from './clients'
import { createReport, type Report } from './journal'
import { createLaterFolder } from './later-folder'
import { createOutboxes, type Outboxes } from './outboxes'
import type { Settings } from './settings'
import type { Surroundings } from './surroundings'
import { ticketPlace } from './ticket-place'

export type Region = {
  readonly settings: Settings
  readonly relay: Relay
  readonly log: GlobalLog
  readonly folder: Folder
  /** This region's replica of the global table, and the table of its connections. */
  readonly table: Table
  readonly connectionItems: ItemsParts
  readonly connections: Connections
  readonly callbacks: Callbacks
  readonly rooms: Rooms
  readonly presence: PresenceStore
  readonly outboxes: Outboxes
  readonly tickets: Tickets
  readonly metrics: EmfMetrics
  readonly report: Report
  readonly now: () => number
  /** Hands work to the function that has time. */
  ask(work: Work): Promise<void>
  /** The same at rest of the event; what fails is reported, and found again by whoever comes next. */
  askLater(work: Work): void
  /** Takes in what another region told, or what came into this replica (`durable`), and tells everybody who listens here. */
  takeIn(ref: ChannelRef, told: readonly TailEntry[]): Promise<void>
  /** Resolves when nothing is under way any more: only then may a function return. Metrics are written then. */
  rest(): Promise<void>
}

const now = (): number => Date.now()

export async function openRegion(
  settings: Settings,
  { environment, print }: Surroundings
): Promise<Region> {
  const { region, regions } = settings
  const report = createReport(region, print)
  const metrics = createEmfMetrics(region, print)
  const clients = createClients(settings, environment)
  const underWay = createUnderWay()
  const breakerOf = (dependency: Dependency, counts: (cause: Error) => boolean = () => true) =>
    createBreaker({
      ...{ dependency, counts },
      onState: (_, state) => metrics.gauge(metricNames.breakersOpen, state)
    })
  const itemsOf = (of: string, name: string): ItemsParts => ({
    ...{ client: clients.tables(of), name, pause: (ms: number) => pause(ms) }
  })
  const redis = connectRedis(settings.redisUrl)
  const table = createDynamoTable(itemsOf(region, settings.logTable))
  const others = regions.filter((other) => other !== region)
  const folder = createLaterFolder()
  const log = createGlobalLog({
    ...{ table, region, members: regions, fold: folder.fold, random: randomBytes, now },
    others: () => others.map((other) => createDynamoTable(itemsOf(other, settings.logTable))),
    tail: guardTail(createRedisTail(redis, randomBytes), breakerOf('cache'))
  })
  const keys = await importTicketKeys(settings.ticketKey)
  const tickets = createTickets(keys, { ...ticketPlace(settings), clock: { now } })
  const connectionItems = itemsOf(region, settings.connectionsTable)
  const connections = createConnections(connectionItems, now)
  const presence = createPresence(redis)
  let chunkIds = randomBytes(4).readUInt32BE()
  const callbacks = createCallbacks({
    ...{ client: clients.callbacks, report, nextChunkId: () => ++chunkIds },
    breaker: breakerOf('callbacks', isCallbackFailure)
  })
  const rooms: Rooms = createRooms({
    ...{ connections, callbacks, metrics, report, presenceStore: presence },
    receipts: createReceipts(keys.receiptKey),
    rightsOf: (document) => relay.rights(document),
    onReached: log.reached
  })
  const { name, region: from } = { name: settings.bus, region }
  const bus = createBus({ client: clients.bus, breaker: breakerOf('bus'), name, region: from })
  const ask = createHandOver(clients.invoke, settings.syncFunction)
  const askLater = (work: Work): void =>
    underWay.add(ask(work).catch((cause: unknown) => report('Could not hand over work', cause)))
  const outboxes = createOutboxes()
  const isFirstByMemory = createFoldMemory()
  /** Never rejects: what is not folded now is due at the next push. */
  async function askToFold(ref: ChannelRef): Promise<void> {
    const first = await isFirstToAsk(redis, ref).catch(() => isFirstByMemory(ref, now()))
    if (first) askLater({ kind: 'fold', ref })
  }
  const relay: Relay = createRelay({
    ...{ log, folder, tickets, metrics, region, report },
    ...{ gateway: outboxes.gateway, clock: { now }, random: randomBytes },
    // Other frames than text do not pass API Gateway; and where every push may find another function, the next one waits.
    ...{ binary: false, pushesInFlightMax: 1 },
    receiptKey: keys.receiptKey,
    shared: { consult: log.consult },
    directory: createTableDirectory({
      ...{ clientOf: clients.tables, region, regions, name: settings.logTable }
    }),
    foldElsewhere: (ref) => underWay.add(askToFold(ref)),
    audience: {
      entries(ref, entries, spans, pushedBy) {
        rooms.entries(ref, entries, spans, pushedBy)
        if (others.length === 0) return
        // It is a fast path: what it does not take, replication brings.
        const failed = (cause: unknown): void =>
          report(`Could not announce entries of ${channelKey(ref)}`, cause)
        underWay.add(bus.announce(ref, entries).catch(failed))
      }
    }
  })

  async function takeIn(ref: ChannelRef, told: readonly TailEntry[]): Promise<void> {
    const { entries, spans, waiting } = await log.relayed(ref, told)
    if (entries.length > 0) await rooms.tell(ref, entries, spans, nobody)
    if (waiting.length === 0) return
    // Whoever gave them their places is telling them, or has died.
    await pause(tellingMs)
    const left = await log.relayed(ref, waiting, true)
    if (left.entries.length > 0) await rooms.tell(ref, left.entries, left.spans, nobody)
  }

  return {
    ...{ settings, relay, log, folder, table, connectionItems, connections, callbacks, rooms },
    ...{ presence, outboxes, tickets, metrics, report, now, ask, askLater, takeIn },
    async rest() {
      // Each of them may begin something of the next.
      await relay.rest()
      await rooms.rest()
      await underWay.rest()
      metrics.flush()
    }
  }
}

const nobody: ReadonlySet<string> = new Set()

/** How long whoever gave an entry its place is given to tell everybody, ms: longer than it takes, and no more than a stream may wait. */
const tellingMs = 1_000

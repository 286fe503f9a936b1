// Composes the core of a relay from its ports.
import { createAccess, type Access } from './access'
import { createAuthorship } from './authorship'
import { createAwareness } from './awareness'
import { createBulk } from './bulk'
import { createCatchUp } from './catch-up'
import { createCompaction, type Compaction } from './compaction'
import { createConversation } from './conversation'
import { createDigests } from './digests'
import { createDocuments, type Documents } from './document'
import { createFanOut } from './fan-out'
import { createPeople } from './people'
import { createReceipts } from './receipts'
import { Refusal } from './refusal'
import { createRenewal } from './renewal'
import type { Relay, RelayPorts } from './relay'
import { applyRights } from './role-changes'
import { createRouter } from './router'
import { createSchemaFence } from './schema-fence'
import { createSharing } from './sharing'
import { createTurnedAway } from './turned-away'
import { createUnderWay } from './under-way'
import { roleOf } from '../protocol/rights'
import { protocolVersion, schemaVersion } from '../protocol/version'

export function createRelay(ports: RelayPorts): Relay {
  const { log, gateway, clock, random, metrics, directory, tickets } = ports
  const report = ports.report ?? ((): void => undefined)
  const receipts = createReceipts(ports.receiptKey)
  const underWay = createUnderWay()
  const { audience } = ports
  const fanOut = createFanOut({ gateway, receipts, metrics, audience })
  const awareness = createAwareness(gateway, clock, metrics)
  const catchUp = createCatchUp(log, receipts, metrics)
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
    elsewhere: ports.foldElsewhere,
    onFolded(ref, left) {
      const channel = documents.inUse(ref)
      if (channel === null) return
      channel.unfoldedEntries = left.unfoldedEntries
      channel.unfoldedBytes = left.unfoldedBytes
    }
  })
  const digests = createDigests({ log, folder: ports.folder, clock, metrics, report })
  const turnedAway = createTurnedAway()
  const access = createAccess({
    ...{ log, documents, clock, random, shared: ports.shared !== undefined },
    onChanged(document, rights) {
      applyRights(document, rights, { documents, turnedAway, leave: conversation.leave })
    }
  })
  // Calls are few, and nobody renews anything before them.
  const calls: Access = { ...access, rights: access.fresh, role: freshRole(access) }
  const ownMajor = ports.schemaMajor ?? schemaVersion.major
  const fence = createSchemaFence({ access, documents, ownMajor })
  const entryOf = createAuthorship(clock, receipts)
  const conversation = createConversation({
    ...{ access, awareness, catchUp, documents, fanOut, fence, gateway, turnedAway },
    ...{ digests, tickets, clock, entryOf, report, underWay },
    onAtRest: (channel) => compaction.considerAtRest(channel.ref, channel)
  })
  const bulk = createBulk({ access, documents, catchUp, entryOf, fence })
  const { region, binary, pushesInFlightMax } = ports
  const router = createRouter({
    ...{ conversation, gateway, clock, region, binary, pushesInFlightMax, underWay }
  })
  return {
    connect: router.connect,
    receive: router.receive,
    disconnect: router.disconnect,
    stood(id) {
      const connection = router.find(id)
      if (connection === null) return null
      const { protocol, expiresAt } = connection
      const subscriptions = [...connection.subscriptions.values()]
      return {
        ...{ protocol, expiresAt },
        listens: subscriptions.map(({ channel, role }) => ({ ref: channel.ref, role })),
        turnedAwayFrom: turnedAway.askedBy(connection)
      }
    },
    async rest() {
      do {
        await underWay.rest()
        await documents.drain()
      } while (!underWay.isEmpty())
    },
    sweep() {
      router.sweep()
      awareness.sweep()
    },
    async bulk(person, messages, protocol = protocolVersion) {
      try {
        return await bulk(person, messages, protocol)
      } catch (cause) {
        if (cause instanceof Refusal) throw cause
        report('Could not answer a bulk call', cause)
        throw new Refusal('storage-failed')
      }
    },
    renew: createRenewal(access, ports.shared),
    rights: access.fresh,
    sharing: createSharing(calls),
    people: createPeople({ access: calls, directory, clock, random }),
    async stop() {
      router.handOver()
      await Promise.all([documents.drain(), compaction.stop(), digests.stop()])
      router.closeAll()
    }
  }
}

function freshRole({ fresh }: Access): Access['role'] {
  return async (document, person) => roleOf(await fresh(document), person)
}

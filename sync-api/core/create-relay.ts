// Composes the core of a relay from its ports.
import { createAccess } from './access'
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
import { protocolVersion, schemaVersion } from '../protocol/version'

export function createRelay(ports: RelayPorts): Relay {
  const { log, gateway, clock, random, metrics, directory, tickets } = ports
  const report = ports.report ?? ((): void => undefined)
  const receipts = createReceipts(ports.receiptKey)
  const fanOut = createFanOut(gateway, receipts, metrics)
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
    onChanged: (document, rights) =>
      applyRights(document, rights, { documents, turnedAway, leave: conversation.leave })
  })
  const ownMajor = ports.schemaMajor ?? schemaVersion.major
  const fence = createSchemaFence({ access, documents, ownMajor })
  const entryOf = createAuthorship(clock, receipts)
  const conversation = createConversation({
    ...{ access, awareness, catchUp, documents, fanOut, fence, gateway, turnedAway },
    ...{ digests, tickets, clock, entryOf, report },
    onAtRest: (channel) => compaction.considerAtRest(channel.ref, channel)
  })
  const bulk = createBulk({ access, documents, catchUp, entryOf, fence })
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
    sharing: createSharing(access),
    people: createPeople({ access, directory, clock, random }),
    async stop() {
      router.handOver()
      await Promise.all([documents.drain(), compaction.stop(), digests.stop()])
      router.closeAll()
    }
  }
}

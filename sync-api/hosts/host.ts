// One process that is a whole relay: composes the core with a durable log, sockets and files.
import { randomBytes } from 'node:crypto'
import type { IncomingMessage, Server } from 'node:http'
import { join } from 'node:path'
import { closeCodes } from '../protocol/close-codes'
import type { Clock } from '../core/ports'
import { createRelay } from '../core/create-relay'
import { createApi } from '../http/api'
import type { ApiLog } from '../http/env'
import { createOrigins, type Origins } from '../http/origins'
import { keepCertificate, lanAddresses, loadCertificate } from '../adapters/node/certificate'
import type { Certificate, MadeCertificate } from '../adapters/node/certificate'
import { closeTimeoutMs, createSocketGateway } from '../adapters/node/gateway'
import type { Journal } from '../adapters/node/journal'
import { createNodeMetrics } from '../adapters/node/metrics'
import { loadStaticFiles } from '../adapters/node/static-files'
import { acceptSockets } from '../adapters/node/upgrades'
import { createWebServer, listen } from '../adapters/node/web-server'
import type { Listening } from './announcement'
import type { Options } from './options'
import { openStorage, type Storage } from './storage'

/** How often connections that are silent or whose ticket ran out are looked for, ms. */
const sweepEveryMs = 5_000

/** Pushes of a channel a client may have under way: in one process none overtakes another. */
const pushesInFlightMax = 16

/** The app, built beside the host. */
const appFolder = join(import.meta.dirname, '../app')

const clock: Clock = { now: () => Date.now() }

export type Host = {
  readonly listening: Listening
  /** Hands over, finishes and acknowledges what was accepted, closes everything. */
  stop(): Promise<void>
}

/** Resolves when the host answers. Rejects with a sentence for a person, and then holds nothing. */
export async function startHost(options: Options, journal: Journal): Promise<Host> {
  const storage = await openStorage(options.data, clock, {
    stopped: (sentence) => journal.error(sentence),
    wentOn: () => journal.warn('there is room again: documents are stored'),
    broke: endBroken
  })
  try {
    return await serve(options, journal, storage)
  } catch (failure) {
    await storage.close()
    throw failure
  }
}

/**
 * A write that failed although there was room, or a disk that did not keep what it took: lmdb then
 * knows less than it believes. The process ends, and what starts it again begins from the disk.
 */
function endBroken(cause: unknown): void {
  // Thrown where nobody catches, and before what lmdb itself leaves uncaught: the journal gets it.
  queueMicrotask(() => {
    throw new Error('The data folder could not be written. Look at its disk.', { cause })
  })
}

async function serve(options: Options, journal: Journal, storage: Storage): Promise<Host> {
  const report = (failure: unknown): void => journal.error({ err: failure }, 'failed')
  const metrics = createNodeMetrics()
  const gateway = createSocketGateway(report)
  const relay = createRelay({
    ...storage.ports,
    gateway,
    clock,
    random: randomBytes,
    metrics: metrics.metrics,
    region: 'local',
    binary: true,
    pushesInFlightMax,
    report: (what, cause) => journal.error({ err: cause }, what)
  })
  metrics.gauge('connections', 'open sockets', gateway.size)
  metrics.gauge('disk_free_bytes', 'free on the disk of the data folder', storage.disk.free)
  const { certificate, made } = await certificateOf(options)
  const origins = createOrigins(options.origins, options.trustProxy)
  let stopping = false
  const ready = (): boolean => !stopping
  const { tickets } = storage.ports
  const nonceKey = randomBytes(32)
  const log = apiLog(journal)
  const api = createApi({
    relay,
    tickets,
    clock,
    random: randomBytes,
    nonceKey,
    origins,
    log,
    ready,
    trouble: storage.disk.trouble
  })
  const files = await loadStaticFiles(appFolder)
  const { trustProxy, openMetrics } = options
  const server = createWebServer({ api, files, metrics, certificate, trustProxy, openMetrics })
  const allows = (request: IncomingMessage): boolean => allowsSocket(origins, request)
  acceptSockets(server, { relay, tickets, gateway, allows, ready, report })
  const port = await listen(server, options.port, options.host)
  server.on('error', report)
  const sweeping = setInterval(() => relay.sweep(), sweepEveryMs)
  return {
    listening: { port, lan: lanAddresses(), madeCertificate: made, appBuilt: files.complete },
    async stop() {
      stopping = true
      clearInterval(sweeping)
      const closed = closeServer(server)
      await relay.stop()
      await gateway.closeAll(closeCodes.goingAway, 'going away')
      await closed
      await storage.close()
    }
  }
}

type ServedCertificate = {
  readonly certificate: Certificate | null
  readonly made: MadeCertificate | null
}

async function certificateOf({ tls, data }: Options): Promise<ServedCertificate> {
  switch (tls.kind) {
    case 'none':
      return { certificate: null, made: null }
    case 'given':
      return { certificate: await loadCertificate(tls.cert, tls.key), made: null }
    case 'self-made': {
      const made = await keepCertificate(data, clock.now())
      return { certificate: made, made }
    }
  }
}

function allowsSocket(origins: Origins, { headers }: IncomingMessage): boolean {
  const host = origins.hostOf((name) => [headers[name]].flat()[0])
  return origins.allows(headers.origin ?? null, host)
}

function apiLog(journal: Journal): ApiLog {
  return {
    answered: (call) => journal.info(call, 'answered'),
    failed: ({ failure, ...call }) => journal.error({ ...call, err: failure }, 'failed')
  }
}

/** Takes no more, and resolves when the answers under way are out; they have a moment for it. */
function closeServer(server: Server): Promise<void> {
  return new Promise((resolve) => {
    const cut = setTimeout(() => server.closeAllConnections(), closeTimeoutMs)
    server.close(() => {
      clearTimeout(cut)
      resolve()
    })
  })
}

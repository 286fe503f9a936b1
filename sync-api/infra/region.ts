// Everything of one region: it needs no other to take an edit and acknowledge it.
import { makeAlarms } from './alarms'
import { makeApi } from './api'
import { makeCache } from './cache'
import { makeConnectionsTable } from './connections-table'
import { makeFunctions, type Functions } from './functions'
import type { Parts } from './parts'
import type { LogTable } from './log-table'
import type { Junction } from './mesh'
import { componentName } from './names'
import { makeNetwork } from './network'
import type { Place } from './place'
import type { Secrets } from './secrets'
import { makeRoutes, makeSockets } from './sockets'
import { makeTriggers } from './triggers'
import { makeUndelivered } from './undelivered'
import { keepWarm } from './warm'

/** Where a personal stage looks for Redis: on the developer's machine, as its functions do. */
const localRedis = 'redis://localhost:6379'
const developmentOrigin = 'http://localhost:5173'

export type RegionMade = Junction & {
  readonly sockets: sst.aws.ApiGatewayWebSocket
  readonly api: sst.aws.ApiGatewayV2
}

export function makeRegion(place: Place, log: LogTable, secrets: Secrets): RegionMade {
  const { stage, region, options } = place
  const bus = new sst.aws.Bus(componentName('Bus', region), {}, options)
  const network = stage.edge === null ? null : makeNetwork(place)
  const parts: Parts = {
    log,
    bus,
    network,
    secrets,
    connections: makeConnectionsTable(place),
    sockets: makeSockets(place),
    undelivered: makeUndelivered(place, bus.name),
    redisUrl: network === null ? localRedis : makeCache(place, network, secrets),
    origin: stage.edge === null ? developmentOrigin : `https://${stage.edge.domain}`
  }
  const functions = makeFunctions(place, parts)
  makeRoutes(place, parts.sockets, functions)
  const api = makeApi(place, functions)
  makeTriggers(place, parts, functions)
  keepAllWarm(place, functions)
  if (stage.edge !== null) makeAlarms(place, parts, functions)
  return { place, bus, undelivered: parts.undelivered, sockets: parts.sockets, api }
}

function keepAllWarm(place: Place, functions: Functions): void {
  const { socket, authorizer } = place.stage.warm
  if (socket !== null) keepWarm(place, 'Socket', functions.socket, socket)
  if (authorizer !== null) keepWarm(place, 'Authorizer', functions.authorizer, authorizer)
}

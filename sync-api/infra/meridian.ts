// Composes a stage: what sst.config.ts runs.
import { latencyNames, makeCertificates } from './certificates'
import { makeDashboard } from './dashboard'
import { makeDevelopmentSite, makeEdge } from './edge'
import { makeHealthCheck, makeLatencyName } from './latency-name'
import { makeLogTable } from './log-table'
import { makeMesh } from './mesh'
import { originHeader } from '../adapters/aws/deployed-names'
import { socketStage } from './names'
import { makePlaces } from './place'
import { makeRegion, type RegionMade } from './region'
import { homeRegion } from './regions'
import { makeSecrets, type Secrets } from './secrets'
import { stageOf, type Edge, type Stage } from './stages'

/** Makes everything, and answers what `sst deploy` prints. */
export function deployMeridian(): Record<string, $util.Output<string>> {
  const stage = stageOf($app.stage, $dev, process.env)
  const places = makePlaces(stage)
  const secrets = makeSecrets()
  const log = makeLogTable(places.get(homeRegion)!)
  const regions = [...places.values()].map((place) => makeRegion(place, log, secrets))
  makeMesh(regions)
  if (stage.edge === null) return makePersonal(regions[0], secrets)
  makeDashboard(stage, homeRegion)
  return makePublic(stage, stage.edge, regions, secrets)
}

function makePublic(
  stage: Stage,
  edge: Edge,
  regions: readonly RegionMade[],
  secrets: Secrets
): Record<string, $util.Output<string>> {
  const names = latencyNames(edge)
  const certificateOf = makeCertificates(
    regions.map(({ place }) => place),
    edge
  )
  for (const { place, sockets, api } of regions) {
    const health = makeHealthCheck(place, api)
    const certificate = certificateOf(place)
    makeLatencyName(place, edge, {
      title: 'Sockets',
      domain: names.sockets,
      certificate,
      apiId: sockets.nodes.api.id,
      apiStage: socketStage,
      path: socketStage,
      health
    })
    makeLatencyName(place, edge, {
      title: 'Api',
      domain: names.api,
      certificate,
      apiId: api.nodes.api.id,
      apiStage: '$default',
      path: '',
      health
    })
  }
  const socketHosts = new Map(
    regions.map(({ place, sockets }) => [place.region, hostOf(sockets.nodes.api.apiEndpoint)])
  )
  return { url: makeEdge(stage, edge, { socketHosts, originSecret: secrets.origin }) }
}

function makePersonal(
  { sockets, api }: RegionMade,
  secrets: Secrets
): Record<string, $util.Output<string>> {
  makeDevelopmentSite({
    MERIDIAN_DEV_API: api.nodes.api.apiEndpoint,
    MERIDIAN_DEV_SOCKETS: sockets.nodes.api.apiEndpoint,
    MERIDIAN_DEV_HEADER: originHeader,
    MERIDIAN_DEV_SECRET: secrets.origin
  })
  return { sockets: sockets.url, api: api.url }
}

function hostOf(endpoint: $util.Output<string>): $util.Output<string> {
  return endpoint.apply((address) => new URL(address).hostname)
}

// A name that exists in every region: an API's custom domain there, and the records that send people to the nearest one.
import { componentName } from './names'
import type { Place } from './place'
import type { Edge } from './stages'

export type LatencyName = {
  /** Of the components. */
  readonly title: string
  readonly domain: string
  readonly certificate: $util.Input<string>
  readonly apiId: $util.Input<string>
  readonly apiStage: string
  /** Path under which the domain reaches the API; empty for all. */
  readonly path: string
  readonly health: aws.route53.HealthCheck
}

export function makeLatencyName(place: Place, edge: Edge, name: LatencyName): void {
  const { region, options } = place
  const domain = new aws.apigatewayv2.DomainName(
    componentName(`${name.title}Domain`, region),
    {
      domainName: name.domain,
      domainNameConfiguration: {
        certificateArn: name.certificate,
        endpointType: 'REGIONAL',
        securityPolicy: 'TLS_1_2'
      }
    },
    options
  )
  new aws.apigatewayv2.ApiMapping(
    componentName(`${name.title}Mapping`, region),
    {
      apiId: name.apiId,
      domainName: domain.id,
      stage: name.apiStage,
      ...(name.path === '' ? {} : { apiMappingKey: name.path })
    },
    options
  )
  const target = domain.domainNameConfiguration
  for (const type of ['A', 'AAAA']) {
    new aws.route53.Record(
      componentName(`${name.title}${type}`, region),
      {
        zoneId: edge.zone,
        name: name.domain,
        type,
        setIdentifier: region,
        latencyRoutingPolicies: [{ region }],
        healthCheckId: name.health.id,
        aliases: [
          {
            name: target.targetDomainName,
            zoneId: target.hostedZoneId,
            evaluateTargetHealth: false
          }
        ]
      },
      options
    )
  }
}

/** Asks the region's own address whether it can store: `/healthz` is 503 when the log takes nothing. */
export function makeHealthCheck(
  { stage, region, options }: Place,
  api: sst.aws.ApiGatewayV2
): aws.route53.HealthCheck {
  return new aws.route53.HealthCheck(
    componentName('Health', region),
    {
      type: 'HTTPS',
      fqdn: api.nodes.api.apiEndpoint.apply((endpoint) => new URL(endpoint).hostname),
      port: 443,
      resourcePath: '/healthz',
      requestInterval: stage.health.everySeconds,
      failureThreshold: stage.health.failures,
      tags: { Name: `${$app.name}-${$app.stage}-${region}` }
    },
    options
  )
}

// The WebSocket APIs, and the names by which people find the nearest one.
import { socketStage } from '../../sync-api/infra/names'
import { at, every, listAt, textAt, type Evaluated, type Resource } from './evaluated'
import { isSockets, regionsOf, type Check } from './region-checks'

/** API Gateway's for an account and region, which @connections shares. */
const accountRequestsPerSecond = 10_000

export const onlyTicketsConnect: Check = (evaluated) =>
  regionsOf(evaluated).flatMap((region) => {
    const connect = route(evaluated, region, '$connect')
    const authorizers = every(evaluated, 'apigatewayv2/authorizer:Authorizer', region)
    const [authorizer] = authorizers
    return [
      ...(at(connect?.inputs, 'authorizationType') === 'CUSTOM' &&
      at(connect?.inputs, 'authorizerId') === at(authorizer?.outputs, 'id')
        ? []
        : [`Anybody may connect to ${region}`]),
      ...(listAt(authorizer?.inputs, 'identitySources').join() ===
      'route.request.header.Sec-WebSocket-Protocol'
        ? []
        : [`${region} looks for tickets elsewhere`]),
      ...(textAt(authorizer?.inputs, 'authorizerUri').includes('-authorizer:')
        ? []
        : [`${region} asks another function`])
    ]
  })

/** Acknowledgements ride on the answer; and one route takes all documents, which share a socket. */
export const socketsAnswer: Check = (evaluated) =>
  regionsOf(evaluated).flatMap((region) => {
    const byDefault = route(evaluated, region, '$default')
    const answers = every(evaluated, 'apigatewayv2/routeResponse:RouteResponse', region)
    const keys = routes(evaluated, region).map(({ inputs }) => textAt(inputs, 'routeKey'))
    return [
      ...(at(byDefault?.inputs, 'routeResponseSelectionExpression') === '$default' &&
      answers.some(({ inputs }) => at(inputs, 'routeId') === at(byDefault?.outputs, 'id'))
        ? []
        : [`${region} acknowledges nothing`]),
      ...(keys.toSorted().join() === '$connect,$default,$disconnect'
        ? []
        : [`${region} has routes ${keys.join()}`])
    ]
  })

export const functionsAnswerThroughTheirOwnRegion: Check = (evaluated) =>
  every(evaluated, 'lambda/function:Function').flatMap(({ name, region, inputs }) => {
    const [api] = every(evaluated, 'apigatewayv2/api:Api', region).filter(isSockets)
    const host = textAt(api?.outputs, 'apiEndpoint').replace('wss:', 'https:')
    const variables = at(inputs, 'environment', 'variables')
    return [
      ...(at(variables, 'MERIDIAN_CALLBACK_URL') === `${host}/${socketStage}`
        ? []
        : [`${name} answers through another API`]),
      ...(at(variables, 'MERIDIAN_REGION') === region ? [] : [`${name} does not know its region`])
    ]
  })

export const socketsLeaveRoomForFanOut: Check = (evaluated) =>
  regionsOf(evaluated).flatMap((region) => {
    const limits = every(evaluated, 'apigatewayv2/stage:Stage', region).map(({ inputs }) =>
      Number(at(inputs, 'defaultRouteSettings', 'throttlingRateLimit') ?? Infinity)
    )
    const taken = limits.reduce((sum, limit) => sum + limit, 0)
    return taken <= accountRequestsPerSecond / 2 ? [] : [`${region} lets in ${taken} a second`]
  })

/** Route 53: each name once in each region, to that region's own API, while it is well. */
export const peopleComeToTheNearestHealthyRegion: Check = (evaluated) =>
  regionsOf(evaluated).flatMap((region) => {
    const [health] = every(evaluated, 'route53/healthCheck:HealthCheck', region)
    const domains = every(evaluated, 'apigatewayv2/domainName:DomainName', region)
    const records = every(evaluated, 'route53/record:Record', region).filter(
      ({ inputs }) => at(inputs, 'latencyRoutingPolicies') !== undefined
    )
    const faults = records.flatMap(({ name, inputs }) => {
      const own = domains.some(
        (domain) =>
          at(domain.inputs, 'domainName') === at(inputs, 'name') &&
          at(domain.outputs, 'domainNameConfiguration', 'targetDomainName') ===
            at(inputs, 'aliases', 0, 'name')
      )
      return [
        ...(own ? [] : [`${name} leads elsewhere`]),
        ...(at(inputs, 'latencyRoutingPolicies', 0, 'region') === region
          ? []
          : [`${name} is measured from elsewhere`]),
        ...(at(inputs, 'setIdentifier') === region ? [] : [`${name} is not told apart`]),
        ...(at(inputs, 'healthCheckId') === at(health?.outputs, 'id')
          ? []
          : [`${name} leads people to an ill region`])
      ]
    })
    return [...faults, ...healthFaults(evaluated, region, health), ...domainFaults(domains)]
  })

function healthFaults(evaluated: Evaluated, region: string, health: Resource | undefined) {
  const [api] = every(evaluated, 'apigatewayv2/api:Api', region).filter((one) => !isSockets(one))
  const host = textAt(api?.outputs, 'apiEndpoint').replace('https://', '')
  const asks =
    at(health?.inputs, 'fqdn') === host &&
    at(health?.inputs, 'type') === 'HTTPS' &&
    at(health?.inputs, 'resourcePath') === '/healthz'
  return asks ? [] : [`${region}'s health check asks something else`]
}

function domainFaults(domains: readonly Resource[]): string[] {
  return domains
    .filter(
      ({ inputs }) =>
        at(inputs, 'domainNameConfiguration', 'endpointType') !== 'REGIONAL' ||
        at(inputs, 'domainNameConfiguration', 'securityPolicy') !== 'TLS_1_2'
    )
    .map(({ name }) => `${name} is not regional with TLS 1.2`)
}

/** `wss://ws.<domain>/ws` must reach the stage. */
export const theNameHasThePath: Check = (evaluated) =>
  regionsOf(evaluated).flatMap((region) => {
    const apis = every(evaluated, 'apigatewayv2/api:Api', region).filter(isSockets)
    const mapped = every(evaluated, 'apigatewayv2/apiMapping:ApiMapping', region).filter(
      ({ inputs }) =>
        apis.some(({ outputs }) => at(outputs, 'id') === at(inputs, 'apiId')) &&
        at(inputs, 'apiMappingKey') === socketStage &&
        at(inputs, 'stage') === socketStage
    )
    return mapped.length === 1 ? [] : [`${region}'s name does not lead to /${socketStage}`]
  })

function routes(evaluated: Evaluated, region: string): Resource[] {
  const [api] = every(evaluated, 'apigatewayv2/api:Api', region).filter(isSockets)
  return every(evaluated, 'apigatewayv2/route:Route', region).filter(
    ({ inputs }) => at(inputs, 'apiId') === at(api?.outputs, 'id')
  )
}

function route(evaluated: Evaluated, region: string, key: string): Resource | undefined {
  return routes(evaluated, region).find(({ inputs }) => at(inputs, 'routeKey') === key)
}

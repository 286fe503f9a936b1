// Which path of the public name goes where.
import { latencyNames } from './certificates'
import { originHeader } from '../adapters/aws/deployed-names'
import { socketStage } from './names'
import type { Region } from './regions'
import type { Edge } from './stages'

type Origin = aws.types.input.cloudfront.DistributionOrigin
type Behaviour = aws.types.input.cloudfront.DistributionOrderedCacheBehavior

/** AWS's own policies: nothing is cached; everything but Host is passed on, which API Gateway must not see. */
const cachingDisabled = '4135ea2d-6df8-44a3-9df3-4b5a84be39ad'
const allButHost = 'b689b0a8-53d0-40ab-baf2-68738e2966ac'

export type Paths = {
  readonly edge: Edge
  /** Each region's own socket address: clients go there when the nearest region is ill. */
  readonly socketHosts: ReadonlyMap<Region, $util.Output<string>>
  readonly originSecret: $util.Output<string>
  /** ARN of the function that turns /ws/<region> into /ws. */
  readonly viewerRequest: $util.Output<string>
}

export function originsOf({ edge, socketHosts, originSecret }: Paths): Origin[] {
  const names = latencyNames(edge)
  const origin = (originId: string, domainName: $util.Input<string>): Origin => ({
    originId,
    domainName,
    customHeaders: [{ name: originHeader, value: originSecret }],
    customOriginConfig: {
      httpPort: 80,
      httpsPort: 443,
      originProtocolPolicy: 'https-only',
      originSslProtocols: ['TLSv1.2'],
      originReadTimeout: 30
    }
  })
  return [
    origin('sockets', names.sockets),
    origin('api', names.api),
    ...[...socketHosts].map(([region, host]) => origin(`sockets-${region}`, host))
  ]
}

/** In the order in which CloudFront compares them. */
export function behavioursOf({ socketHosts, viewerRequest }: Paths): Behaviour[] {
  return [
    ...[...socketHosts.keys()].map((region) => ({
      ...behaviour(`/${socketStage}/${region}`, `sockets-${region}`),
      functionAssociations: [{ eventType: 'viewer-request', functionArn: viewerRequest }]
    })),
    behaviour(`/${socketStage}`, 'sockets'),
    behaviour('/api/*', 'api'),
    behaviour('/healthz', 'api')
  ]
}

function behaviour(pathPattern: string, targetOriginId: string): Behaviour {
  return {
    pathPattern,
    targetOriginId,
    viewerProtocolPolicy: 'https-only',
    allowedMethods: ['DELETE', 'GET', 'HEAD', 'OPTIONS', 'PATCH', 'POST', 'PUT'],
    cachedMethods: ['GET', 'HEAD'],
    compress: true,
    cachePolicyId: cachingDisabled,
    originRequestPolicyId: allButHost
  }
}

// Faults to plant in the ways to a region and between regions.
import type { Fault } from './planting'

export const busFaults: readonly Fault[] = [
  {
    check: 'busesAreAFullMesh',
    fault: 'a link is missing',
    type: 'cloudwatch/eventTarget:EventTarget',
    name: 'Mesheuwest1Toapsoutheast1',
    removed: true
  },
  {
    check: 'regionsForwardOnlyTheirOwn',
    fault: "a rule passes on others' events",
    type: 'cloudwatch/eventRule:EventRule',
    name: 'Mesheuwest1Touseast1',
    at: ['eventPattern'],
    text: ['{"region":["eu-west-1"]}', '{}']
  },
  {
    check: 'regionsForwardOnlyTheirOwn',
    fault: 'a role may put events anywhere',
    type: 'iam/role:Role',
    name: 'Mesh',
    at: ['inlinePolicies', 0, 'policy'],
    text: ['event-bus/', 'event-bus/*']
  },
  {
    check: 'everyRegionHearsTheOthers',
    fault: 'a region hears itself',
    type: 'cloudwatch/eventRule:EventRule',
    name: 'Buseuwest1SubscriberRelay',
    at: ['eventPattern'],
    text: ['{"anything-but":["eu-west-1"]}', '{"exists":true}']
  },
  {
    check: 'nothingIsGivenUpSilently',
    fault: 'a queue is in another region',
    type: 'cloudwatch/eventTarget:EventTarget',
    name: 'Mesheuwest1Touseast1',
    at: ['deadLetterConfig', 'arn'],
    text: ['eu-west-1', 'us-east-1']
  },
  {
    check: 'nothingIsGivenUpSilently',
    fault: 'a queue does not admit EventBridge',
    type: 'sqs/queuePolicy:QueuePolicy',
    removed: true
  }
]

export const wayFaults: readonly Fault[] = [
  {
    check: 'onlyTicketsConnect',
    fault: 'anybody may connect',
    type: 'apigatewayv2/route:Route',
    name: 'Socketseuwest1RouteConnect',
    at: ['authorizationType'],
    value: 'NONE'
  },
  {
    check: 'socketsAnswer',
    fault: 'nothing is acknowledged',
    type: 'apigatewayv2/routeResponse:RouteResponse',
    removed: true
  },
  {
    check: 'functionsAnswerThroughTheirOwnRegion',
    fault: "a function answers through another region's API",
    type: 'lambda/function:Function',
    name: 'Relayeuwest1',
    at: ['environment', 'variables', 'MERIDIAN_CALLBACK_URL'],
    text: ['eu-west-1', 'us-east-1']
  },
  {
    check: 'socketsLeaveRoomForFanOut',
    fault: 'messages may take the whole account',
    type: 'apigatewayv2/stage:Stage',
    name: 'Sockets',
    at: ['defaultRouteSettings', 'throttlingRateLimit'],
    value: 10_000
  },
  {
    check: 'peopleComeToTheNearestHealthyRegion',
    fault: 'a record has no health check',
    type: 'route53/record:Record',
    name: 'SocketsAeuwest1',
    at: ['healthCheckId'],
    value: undefined
  },
  {
    check: 'peopleComeToTheNearestHealthyRegion',
    fault: "a record leads to another region's API",
    type: 'route53/record:Record',
    name: 'SocketsAeuwest1',
    at: ['aliases', 0, 'name'],
    text: ['euwest1', 'useast1']
  },
  {
    check: 'peopleComeToTheNearestHealthyRegion',
    fault: 'the health check asks the latency name',
    type: 'route53/healthCheck:HealthCheck',
    at: ['fqdn'],
    value: 'api.docs.example.com'
  },
  {
    check: 'theNameHasThePath',
    fault: 'the name leads to no stage',
    type: 'apigatewayv2/apiMapping:ApiMapping',
    name: 'Sockets',
    at: ['apiMappingKey'],
    value: undefined
  },
  {
    check: 'everyPathLeadsToItsOrigin',
    fault: 'one region is out of reach',
    type: 'cloudfront/distribution:Distribution',
    at: ['orderedCacheBehaviors', 1, 'targetOriginId'],
    value: 'sockets-us-east-1'
  },
  {
    check: 'nothingLiveIsCached',
    fault: 'the API is cached',
    type: 'cloudfront/distribution:Distribution',
    at: ['orderedCacheBehaviors', 4, 'cachePolicyId'],
    value: '658327ea-f89d-4fab-a63d-7e88639e58f6'
  },
  {
    check: 'originsKnowCloudFront',
    fault: 'an origin is told no secret',
    type: 'cloudfront/distribution:Distribution',
    at: ['origins', 1, 'customHeaders'],
    value: []
  },
  {
    check: 'theFirewallStandsInFront',
    fault: 'CloudFront has no firewall',
    type: 'cloudfront/distribution:Distribution',
    at: ['webAclId'],
    value: undefined
  },
  {
    check: 'theEdgeFunctionRoutesRegions',
    fault: 'the function does nothing',
    type: 'cloudfront/function:Function',
    name: 'ViewerRequest',
    at: ['code'],
    value: 'function handler(event) { return event.request }'
  },
  {
    check: 'filesAreSentAsNpmStartSendsThem',
    fault: 'the policy allows other scripts',
    type: 'cloudfront/responseHeadersPolicy:ResponseHeadersPolicy',
    at: ['securityHeadersConfig', 'contentSecurityPolicy', 'contentSecurityPolicy'],
    text: ["script-src 'self'", "script-src 'self' 'unsafe-inline'"]
  },
  {
    check: 'filesAreReadThroughCloudFrontAlone',
    fault: 'the bucket is public',
    type: 's3/bucketPublicAccessBlock:BucketPublicAccessBlock',
    removed: true
  }
]

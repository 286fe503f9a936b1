// Faults that were made, or nearly: at least one for each check.
import type { Fault } from './planting'

const open = { protocol: '-1', fromPort: 0, toPort: 0, cidrBlocks: ['0.0.0.0/0'] }

const functionFaults: readonly Fault[] = [
  {
    check: 'everythingCallsTheAlias',
    fault: 'an integration calls $LATEST',
    type: 'apigatewayv2/integration:Integration',
    name: 'Sockets',
    at: ['integrationUri'],
    text: [':live', '']
  },
  {
    check: 'everythingCallsTheAlias',
    fault: 'the authorizer is called unqualified',
    type: 'apigatewayv2/authorizer:Authorizer',
    at: ['authorizerUri'],
    text: [':live', '']
  },
  {
    check: 'everythingCallsTheAlias',
    fault: 'API Gateway may not call the alias',
    type: 'lambda/permission:Permission',
    at: ['qualifier'],
    value: undefined
  },
  {
    check: 'everythingCallsTheAlias',
    fault: 'the alias is of no version',
    type: 'lambda/alias:Alias',
    at: ['functionVersion'],
    value: '$LATEST'
  },
  {
    check: 'warmFunctionsAreScaled',
    fault: 'nothing scales what is warm',
    type: 'appautoscaling/target:Target',
    removed: true
  },
  {
    check: 'warmFunctionsAreScaled',
    fault: 'a version is warm that nobody calls',
    type: 'lambda/provisionedConcurrencyConfig:ProvisionedConcurrencyConfig',
    at: ['qualifier'],
    value: '1'
  },
  {
    check: 'socketsFollowPeople',
    fault: 'the alarm counts another region',
    type: 'cloudwatch/metricAlarm:MetricAlarm',
    name: 'SocketPeople',
    at: ['dimensions', 'region'],
    value: 'eu-central-1'
  },
  {
    check: 'rightsAreTheRegionsOwn',
    fault: "a function may write another region's replica",
    type: 'iam/role:Role',
    name: 'Socketeuwest1',
    at: ['inlinePolicies', 0, 'policy'],
    text: ['dynamodb:eu-west-1', 'dynamodb:us-east-1']
  },
  {
    check: 'rightsAreTheRegionsOwn',
    fault: 'a function may touch everything',
    type: 'iam/role:Role',
    name: 'Relay',
    at: ['inlinePolicies', 0, 'policy'],
    value: '{"Statement":[{"Effect":"Allow","Action":["dynamodb:*"],"Resource":["*"]}]}'
  },
  {
    check: 'everyFunctionHasItsOwnRole',
    fault: "a function has another's role",
    type: 'lambda/function:Function',
    at: ['role'],
    value: 'arn:aws:iam::123456789012:role/shared'
  },
  {
    check: 'everyFunctionHasItsOwnRole',
    fault: 'users of the account may take a role',
    type: 'iam/role:Role',
    name: 'Http',
    at: ['assumeRolePolicy'],
    value: '{"Statement":["lambda.amazonaws.com","arn:aws:iam::123456789012:root"]}'
  },
  {
    check: 'onlyFoldingDeletes',
    fault: 'the socket function may delete entries',
    type: 'iam/role:Role',
    name: 'Socket',
    at: ['inlinePolicies', 0, 'policy'],
    text: ['dynamodb:PutItem', 'dynamodb:DeleteItem']
  },
  {
    check: 'onlyFoldingDeletes',
    fault: 'a right to the directory is one to documents',
    type: 'iam/role:Role',
    name: 'Http',
    at: ['inlinePolicies', 0, 'policy'],
    text: ['F#*', '*']
  },
  {
    check: 'foldingHasAFunctionOfItsOwn',
    fault: 'a fold that fails is tried for hours',
    type: 'lambda/functionEventInvokeConfig:FunctionEventInvokeConfig',
    removed: true
  }
]

const dataFaults: readonly Fault[] = [
  {
    check: 'theLogIsInEveryRegion',
    fault: 'a replica is missing',
    type: 'dynamodb/table:Table',
    name: 'Log',
    at: ['replicas'],
    value: [{ regionName: 'eu-west-1' }]
  },
  {
    check: 'theLogIsInEveryRegion',
    fault: 'the stream lacks old images',
    type: 'dynamodb/table:Table',
    name: 'Log',
    at: ['streamViewType'],
    value: 'NEW_IMAGE'
  },
  {
    check: 'nothingOfTheLogGoesByItself',
    fault: 'the log has a TTL',
    type: 'dynamodb/table:Table',
    name: 'Log',
    at: ['ttl'],
    value: { attributeName: 'exp', enabled: true }
  },
  {
    check: 'nothingOfTheLogGoesByItself',
    fault: 'a replica cannot be restored',
    type: 'dynamodb/table:Table',
    name: 'Log',
    at: ['replicas', 1, 'pointInTimeRecovery'],
    value: false
  },
  {
    check: 'nothingOfTheLogGoesByItself',
    fault: 'the log can be deleted',
    type: 'dynamodb/table:Table',
    name: 'Log',
    at: ['deletionProtectionEnabled'],
    value: false
  },
  {
    check: 'everyRegionFollowsItsOwnStream',
    fault: 'a region follows the home stream',
    type: 'lambda/eventSourceMapping:EventSourceMapping',
    name: 'StreamOfLogeuwest1',
    at: ['eventSourceArn'],
    text: ['eu-west-1', 'us-east-1']
  },
  {
    check: 'everyRegionFollowsItsOwnStream',
    fault: 'one bad row stops a shard',
    type: 'lambda/eventSourceMapping:EventSourceMapping',
    at: ['maximumRetryAttempts'],
    value: -1
  },
  {
    check: 'everyRegionFollowsItsOwnStream',
    fault: 'a batch is repeated as a whole',
    type: 'lambda/eventSourceMapping:EventSourceMapping',
    at: ['functionResponseTypes'],
    value: []
  },
  {
    check: 'connectionsAreForgotten',
    fault: 'connections are kept',
    type: 'dynamodb/table:Table',
    name: 'Connections',
    at: ['ttl', 'enabled'],
    value: false
  },
  {
    check: 'everyRegionHasItsOwnCache',
    fault: 'a region uses another cache',
    type: 'lambda/function:Function',
    name: 'Socketeuwest1',
    at: ['environment', 'variables', 'MERIDIAN_REDIS_URL'],
    text: ['euwest1', 'useast1']
  },
  {
    check: 'everyRegionHasItsOwnCache',
    fault: 'the cache may grow without end',
    type: 'elasticache/serverlessCache:ServerlessCache',
    at: ['cacheUsageLimits'],
    value: undefined
  }
]

const busFaults: readonly Fault[] = [
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

const wayFaults: readonly Fault[] = [
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

const surroundingFaults: readonly Fault[] = [
  {
    check: 'everyRegionHasItsParts',
    fault: 'a bus is in the wrong region',
    type: 'cloudwatch/eventBus:EventBus',
    name: 'Buseuwest1',
    movedTo: 'us-east-1'
  },
  {
    check: 'everyRegionHasItsNetwork',
    fault: 'a region has no NAT instance',
    type: 'ec2/instance:Instance',
    removed: true
  },
  {
    check: 'functionsReachTheWorldThroughNat',
    fault: 'the NAT instance drops packets',
    type: 'ec2/instance:Instance',
    at: ['sourceDestCheck'],
    value: true
  },
  {
    check: 'functionsReachTheWorldThroughNat',
    fault: 'a function stands outside',
    type: 'lambda/function:Function',
    name: 'Relay',
    at: ['vpcConfig'],
    value: undefined
  },
  {
    check: 'tablesNeedNoNat',
    fault: "the endpoint is another service's",
    type: 'ec2/vpcEndpoint:VpcEndpoint',
    at: ['serviceName'],
    value: 'com.amazonaws.us-east-1.s3'
  },
  {
    check: 'nobodyReachesIn',
    fault: 'the cache is open to the world',
    type: 'ec2/securityGroup:SecurityGroup',
    name: 'CacheGroup',
    at: ['ingress', 0],
    value: open
  },
  {
    check: 'natIsAnInstance',
    fault: 'the NAT instance is large',
    type: 'ec2/instance:Instance',
    at: ['instanceType'],
    value: 't4g.large'
  },
  {
    check: 'everyRegionIsWatched',
    fault: 'an alarm tells nobody',
    type: 'cloudwatch/metricAlarm:MetricAlarm',
    name: 'AlarmLag',
    at: ['alarmActions'],
    value: []
  },
  {
    check: 'breakersAreWatched',
    fault: 'nobody hears of breakers',
    type: 'cloudwatch/metricAlarm:MetricAlarm',
    name: 'AlarmBreakers',
    removed: true
  },
  {
    check: 'theDashboardShowsEveryRegion',
    fault: 'the dashboard shows what nobody writes',
    type: 'cloudwatch/dashboard:Dashboard',
    at: ['dashboardBody'],
    text: ['"people"', '"persons"']
  },
  {
    check: 'everyHandlerKnowsItsEnvironment',
    fault: 'a handler lacks the bus',
    type: 'lambda/function:Function',
    at: ['environment', 'variables', 'MERIDIAN_BUS'],
    value: undefined
  },
  {
    check: 'environmentsFit',
    fault: 'an environment is above 4 KB',
    type: 'lambda/function:Function',
    at: ['environment', 'variables', 'MERIDIAN_TICKET_KEY'],
    value: 'k'.repeat(4096)
  },
  {
    check: 'nothingIsTooLong',
    fault: "a function's name is above 64",
    type: 'lambda/function:Function',
    at: ['name'],
    value: 'f'.repeat(65)
  },
  {
    check: 'nothingIsTooLong',
    fault: 'a pattern is above 2,048',
    type: 'cloudwatch/eventRule:EventRule',
    name: 'Mesh',
    at: ['eventPattern'],
    value: 'p'.repeat(2049)
  },
  {
    check: 'nothingIsTooLong',
    fault: 'the edge function is above 10 KB',
    type: 'cloudfront/function:Function',
    at: ['code'],
    value: 'c'.repeat(10_241)
  },
  {
    check: 'rulesHaveFewTargets',
    fault: 'a rule has no target',
    type: 'cloudwatch/eventTarget:EventTarget',
    name: 'MinuteTarget',
    removed: true
  },
  {
    check: 'answersComeInTime',
    fault: 'a handler may take longer than API Gateway waits',
    type: 'lambda/function:Function',
    name: 'Http',
    at: ['timeout'],
    value: 30
  },
  {
    check: 'functionsAreArm',
    fault: 'a function is not arm64',
    type: 'lambda/function:Function',
    at: ['architectures'],
    value: ['x86_64']
  }
]

export const faults: readonly Fault[] = [
  ...functionFaults,
  ...dataFaults,
  ...busFaults,
  ...wayFaults,
  ...surroundingFaults
]

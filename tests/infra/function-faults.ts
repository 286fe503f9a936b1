// Faults to plant in functions and tables: each was made by somebody, or nearly.
import type { Fault } from './planting'

/** What the socket function's scaling on people is computed from. */
const peopleMetrics = [
  'targetTrackingScalingPolicyConfiguration',
  'customizedMetricSpecification',
  'metrics'
]

export const functionFaults: readonly Fault[] = [
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
    check: 'onlyTargetTrackingScales',
    fault: 'people move what is warm by steps, which AWS refuses',
    type: 'appautoscaling/policy:Policy',
    name: 'SocketByPeople',
    at: ['policyType'],
    value: 'StepScaling'
  },
  {
    check: 'socketsFollowPeople',
    fault: 'nothing follows people',
    type: 'appautoscaling/policy:Policy',
    name: 'SocketByPeople',
    removed: true
  },
  {
    check: 'socketsFollowPeople',
    fault: 'a region follows the people of another',
    type: 'appautoscaling/policy:Policy',
    name: 'SocketByPeople',
    at: [...peopleMetrics, 0, 'metricStat', 'metric', 'dimensions', 0, 'value'],
    value: 'eu-central-1'
  },
  {
    check: 'socketsFollowPeople',
    fault: 'people are not divided by what is warm, so scaling never ends',
    type: 'appautoscaling/policy:Policy',
    name: 'SocketByPeople',
    at: [...peopleMetrics, 2],
    value: {}
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
    check: 'rightsAreTheRegionsOwn',
    fault: "a function may read all of another region's documents",
    type: 'iam/role:Role',
    name: 'Http',
    at: ['inlinePolicies', 0, 'policy'],
    text: ['D#*/rights', 'D#*']
  },
  {
    check: 'regionsMayAskEachOther',
    fault: 'a function refuses what another region would allow',
    type: 'iam/role:Role',
    name: 'Sync',
    at: ['inlinePolicies', 0, 'policy'],
    text: ['D#*/rights', 'D#*/right']
  },
  {
    check: 'regionsMayAskEachOther',
    fault: 'a code is not found in the region that made it',
    type: 'iam/role:Role',
    name: 'Http',
    at: ['inlinePolicies', 0, 'policy'],
    text: ['dynamodb:GetItem', 'dynamodb:PutItem']
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

export const dataFaults: readonly Fault[] = [
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

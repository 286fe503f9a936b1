// What every region must have of its own, so that it can work while the others are gone.
import { functionNames } from '../../sync-api/infra/names'
import { at, every, textAt, type Evaluated, type Resource } from './evaluated'

/** Faults as sentences; none when all is well. */
export type Check = (evaluated: Evaluated) => string[]

/** Where a stage is: the regions that have functions. */
export function regionsOf(evaluated: Evaluated): string[] {
  return [...new Set(every(evaluated, 'lambda/function:Function').map(({ region }) => region))]
}

type Counted = {
  readonly what: string
  readonly type: string
  readonly count: (regions: number) => number
  readonly only?: (resource: Resource) => boolean
}

const one = (): number => 1

/** On every stage. */
const always: readonly Counted[] = [
  { what: 'WebSocket API', type: 'apigatewayv2/api:Api', count: one, only: isSockets },
  { what: 'HTTP API', type: 'apigatewayv2/api:Api', count: one, only: (api) => !isSockets(api) },
  { what: 'function', type: 'lambda/function:Function', count: () => functionNames.length },
  { what: 'alias', type: 'lambda/alias:Alias', count: () => functionNames.length },
  { what: 'bus', type: 'cloudwatch/eventBus:EventBus', count: one },
  {
    what: 'mesh rule',
    type: 'cloudwatch/eventRule:EventRule',
    count: (regions) => regions - 1,
    only: (rule) => rule.name.startsWith('Mesh')
  },
  {
    what: 'relay rule',
    type: 'cloudwatch/eventRule:EventRule',
    count: one,
    only: (rule) => rule.name.includes('Relay')
  },
  {
    what: 'schedule',
    type: 'cloudwatch/eventRule:EventRule',
    count: one,
    only: (rule) => textAt(rule.inputs, 'scheduleExpression') === 'rate(1 minute)'
  },
  { what: 'stream mapping', type: 'lambda/eventSourceMapping:EventSourceMapping', count: one },
  { what: 'queue of what was not delivered', type: 'sqs/queue:Queue', count: one },
  { what: 'queue policy', type: 'sqs/queuePolicy:QueuePolicy', count: one },
  {
    what: 'table of connections',
    type: 'dynamodb/table:Table',
    count: one,
    only: (table) => at(table.inputs, 'ttl', 'attributeName') === 'exp'
  }
]

/** On stages that people use. */
const deployed: readonly Counted[] = [
  { what: 'VPC', type: 'ec2/vpc:Vpc', count: one },
  { what: 'NAT instance', type: 'ec2/instance:Instance', count: one },
  { what: 'DynamoDB endpoint', type: 'ec2/vpcEndpoint:VpcEndpoint', count: one },
  { what: 'cache', type: 'elasticache/serverlessCache:ServerlessCache', count: one },
  { what: 'health check', type: 'route53/healthCheck:HealthCheck', count: one },
  { what: 'custom domain', type: 'apigatewayv2/domainName:DomainName', count: () => 2 },
  {
    what: 'latency record',
    type: 'route53/record:Record',
    count: () => 4,
    only: (record) => at(record.inputs, 'latencyRoutingPolicies') !== undefined
  },
  {
    what: 'warm function',
    type: 'lambda/provisionedConcurrencyConfig:ProvisionedConcurrencyConfig',
    count: one,
    only: (warm) => textAt(warm.inputs, 'functionName').endsWith('-socket')
  },
  { what: 'alarm topic', type: 'sns/topic:Topic', count: one }
]

export const everyRegionHasItsParts: Check = (evaluated) => countedIn(evaluated, always)

export const everyRegionHasItsNetwork: Check = (evaluated) => countedIn(evaluated, deployed)

function countedIn(evaluated: Evaluated, counted: readonly Counted[]): string[] {
  const regions = regionsOf(evaluated)
  return regions.flatMap((region) =>
    counted.flatMap(({ what, type, count, only }) => {
      const found = every(evaluated, type, region).filter((one) => only?.(one) ?? true).length
      const wanted = count(regions.length)
      return found === wanted ? [] : [`${region} has ${found} of ${what}, not ${wanted}`]
    })
  )
}

/** Whether it is a WebSocket API. */
export function isSockets(api: Resource): boolean {
  return at(api.inputs, 'protocolType') === 'WEBSOCKET'
}

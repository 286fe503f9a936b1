// What a stage costs a month while nobody uses it, from its evaluated resources.
import { at, listAt, textAt, type Evaluated, type Resource } from './evaluated'

/** Prices are of us-east-1, in USD. Ireland and Singapore list some of them up to a quarter higher. */
type Price = {
  readonly what: string
  readonly type: string
  readonly usd: (resource: Resource, evaluated: Evaluated) => number
  /** How many of them AWS gives every account, always. */
  readonly free?: number
  readonly source: string
}

export type Line = {
  readonly what: string
  readonly count: number
  /** A month. */
  readonly usd: number
}

const hoursPerMonth = 730
const secondsPerMonth = hoursPerMonth * 3600
const minutesPerMonth = hoursPerMonth * 60

export const prices: readonly Price[] = [
  {
    what: 'provisioned concurrency, arm64',
    type: 'lambda/provisionedConcurrencyConfig:ProvisionedConcurrencyConfig',
    usd: (warm, evaluated) => gigabytesWarm(warm, evaluated) * secondsPerMonth * 0.000_003_333_4,
    source: 'Lambda pricing: 0.0000041667 a GB-second on x86, a fifth less on arm64'
  },
  {
    what: 'NAT instance t4g.nano, its disk and its public IPv4 address',
    type: 'ec2/instance:Instance',
    usd: (nat) => hoursPerMonth * (0.0042 + 0.005) + diskGb(nat) * 0.08,
    source:
      'EC2 pricing: 0.0042 an hour; EBS gp3 0.08 a GB-month; VPC: 0.005 an hour for an address'
  },
  {
    what: 'Valkey serverless, at its minimum of 100 MB',
    type: 'elasticache/serverlessCache:ServerlessCache',
    usd: () => hoursPerMonth * 0.1 * 0.084,
    source: 'ElastiCache pricing: 0.084 a GB-hour, 100 MB at least'
  },
  {
    what: 'health check over HTTPS of an AWS address',
    type: 'route53/healthCheck:HealthCheck',
    usd: (health) => 1 + (at(health.inputs, 'requestInterval') === 10 ? 1 : 0),
    source: 'Route 53 pricing: the first 50 of AWS addresses free; HTTPS and every 10 s are 1 each'
  },
  {
    what: 'alarm',
    type: 'cloudwatch/metricAlarm:MetricAlarm',
    usd: () => 0.1,
    free: 10,
    source: 'CloudWatch pricing: 0.10 an alarm, 10 free'
  },
  {
    what: 'pair of alarms that target tracking makes',
    type: 'appautoscaling/policy:Policy',
    usd: (policy) => 2 * 0.1 * metricsOf(policy),
    source: 'CloudWatch pricing: 0.10 for each metric that an alarm computes with'
  },
  {
    what: 'firewall with one rule',
    type: 'wafv2/webAcl:WebAcl',
    usd: () => 5 + 1,
    source: 'WAF pricing: 5 an ACL, 1 a rule'
  },
  {
    what: 'heartbeat of a region: a write to every replica and a call a minute',
    type: 'lambda/eventSourceMapping:EventSourceMapping',
    usd: (_, evaluated) => minutesPerMonth * (heartbeat(evaluated) + 0.000_000_2 + 0.000_001_4),
    source:
      'DynamoDB: 0.625 a million replicated writes; Lambda: 0.20 a million calls, 0.1 GB-s each'
  },
  {
    what: 'hosted zone of the domain',
    type: 'cloudfront/distribution:Distribution',
    usd: () => 0.5,
    source: 'Route 53 pricing: 0.50 a zone'
  }
]

/** Types that cost nothing until they are used, or are no service of their own. */
const freeAtRest = [
  'acm/certificate:Certificate',
  'acm/certificateValidation:CertificateValidation',
  /^apigateway(v2)?\//,
  'appautoscaling/target:Target',
  'appautoscaling/scheduledAction:ScheduledAction',
  'cloudfront/function:Function',
  'cloudfront/keyValueStore:KeyValueStore',
  'cloudfront/responseHeadersPolicy:ResponseHeadersPolicy',
  // Three are free, of at most 50 metrics each.
  'cloudwatch/dashboard:Dashboard',
  'cloudwatch/eventBus:EventBus',
  'cloudwatch/eventRule:EventRule',
  'cloudwatch/eventTarget:EventTarget',
  'cloudwatch/logGroup:LogGroup',
  // On demand: reads, writes and GB-months.
  'dynamodb/table:Table',
  /^ec2\/(vpc|subnet|internetGateway|routeTable|routeTableAssociation|securityGroup):/,
  // Of gateways, which the checks of the network see to.
  'ec2/vpcEndpoint:VpcEndpoint',
  'elasticache/user:User',
  'elasticache/userGroup:UserGroup',
  /^iam\//,
  'lambda/alias:Alias',
  'lambda/function:Function',
  'lambda/functionEventInvokeConfig:FunctionEventInvokeConfig',
  'lambda/permission:Permission',
  'route53/record:Record',
  /^s3\//,
  /^sns\//,
  /^sqs\//
]

/** Types of which the bill knows nothing: it would be wrong. */
export function unpriced({ resources }: Evaluated): string[] {
  const types = new Set(resources.map(({ type }) => type).filter((type) => type.startsWith('aws:')))
  return [...types]
    .map((type) => type.slice('aws:'.length))
    .filter((type) => !prices.some((price) => price.type === type))
    .filter(
      (type) => !freeAtRest.some((one) => (typeof one === 'string' ? one === type : one.test(type)))
    )
}

export function idleBill(evaluated: Evaluated): Line[] {
  return prices.flatMap(({ what, type, usd, free = 0 }) => {
    const all = evaluated.resources.filter((one) => one.type === `aws:${type}`)
    const paid = all.slice(free)
    const sum = paid.reduce((sum, one) => sum + usd(one, evaluated), 0)
    return all.length === 0 ? [] : [{ what, count: all.length, usd: sum }]
  })
}

export function total(bill: readonly Line[]): number {
  return bill.reduce((sum, { usd }) => sum + usd, 0)
}

function gigabytesWarm(warm: Resource, { resources }: Evaluated): number {
  const fn = resources.find(
    ({ type, region, inputs }) =>
      type === 'aws:lambda/function:Function' &&
      region === warm.region &&
      textAt(inputs, 'name') === textAt(warm.inputs, 'functionName')
  )
  const environments = Number(at(warm.inputs, 'provisionedConcurrentExecutions'))
  return (environments * Number(at(fn?.inputs, 'memorySize'))) / 1024
}

/** How many metrics target tracking follows: one that AWS knows, or what an expression of ours names. */
function metricsOf(policy: Resource): number {
  const named = listAt(
    policy.inputs,
    'targetTrackingScalingPolicyConfiguration',
    'customizedMetricSpecification',
    'metrics'
  ).filter((one) => at(one, 'metricStat') !== undefined)
  return Math.max(1, named.length)
}

function diskGb(instance: Resource): number {
  return Number(at(instance.inputs, 'rootBlockDevice', 'volumeSize'))
}

/** One write of 1 KB in every replica. */
function heartbeat({ resources }: Evaluated): number {
  const regions = resources.filter(
    ({ type }) => type === 'aws:lambda/eventSourceMapping:EventSourceMapping'
  )
  return regions.length * 0.000_000_625
}

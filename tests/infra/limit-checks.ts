// AWS's own limits, which a deployment would run into half-way. Sources: AWS's quota pages of each service.
import { at, every, listAt, textAt, type Evaluated } from './evaluated'
import type { Check } from './region-checks'

type Longest = { readonly type: string; readonly field: string; readonly characters: number }

const names: readonly Longest[] = [
  { type: 'lambda/function:Function', field: 'name', characters: 64 },
  { type: 'iam/role:Role', field: 'name', characters: 64 },
  { type: 'cloudwatch/eventRule:EventRule', field: 'name', characters: 64 },
  { type: 'cloudwatch/eventBus:EventBus', field: 'name', characters: 64 },
  { type: 'sqs/queue:Queue', field: 'name', characters: 80 },
  { type: 'sns/topic:Topic', field: 'name', characters: 64 },
  { type: 'elasticache/serverlessCache:ServerlessCache', field: 'name', characters: 40 },
  { type: 'elasticache/user:User', field: 'userId', characters: 40 },
  { type: 'elasticache/userGroup:UserGroup', field: 'userGroupId', characters: 40 },
  { type: 'cloudfront/function:Function', field: 'name', characters: 64 },
  { type: 'cloudfront/keyValueStore:KeyValueStore', field: 'name', characters: 64 },
  { type: 'dynamodb/table:Table', field: 'name', characters: 255 },
  { type: 'cloudwatch/metricAlarm:MetricAlarm', field: 'name', characters: 255 },
  { type: 'cloudwatch/eventRule:EventRule', field: 'eventPattern', characters: 2048 },
  { type: 'cloudfront/function:Function', field: 'code', characters: 10_240 },
  { type: 'apigatewayv2/authorizer:Authorizer', field: 'name', characters: 128 }
]

const environmentBytesMax = 4096
const targetsMax = 5
/** API Gateway waits no longer. */
const answeringSecondsMax = 29
const answering = /-(authorizer|socket|http)$/
/** Pulumi adds `-` and seven letters to the name of what is given none. */
const pulumiSuffix = 8

export const nothingIsTooLong: Check = (evaluated) =>
  names.flatMap(({ type, field, characters }) =>
    every(evaluated, type)
      .map(({ name, inputs }) => ({
        name,
        length: lengthOf(textAt(inputs, field), field === 'name' ? name : '')
      }))
      .filter(({ length }) => length > characters)
      .map(({ name, length }) => `${name}: ${field} has ${length} bytes of ${characters}`)
  )

function lengthOf(text: string, component: string): number {
  if (text !== '') return Buffer.byteLength(text)
  return component === '' ? 0 : component.length + pulumiSuffix
}

export const environmentsFit: Check = (evaluated) =>
  every(evaluated, 'lambda/function:Function')
    .map(({ name, inputs }) => {
      const variables = JSON.stringify(at(inputs, 'environment', 'variables'))
      return { name, bytes: Buffer.byteLength(variables) }
    })
    .filter(({ bytes }) => bytes > environmentBytesMax)
    .map(({ name, bytes }) => `${name}'s environment has ${bytes} bytes`)

export const rulesHaveFewTargets: Check = (evaluated) =>
  every(evaluated, 'cloudwatch/eventRule:EventRule')
    .map(({ name, region, outputs }) => {
      const targets = every(evaluated, 'cloudwatch/eventTarget:EventTarget', region)
      const own = targets.filter(({ inputs }) => at(inputs, 'rule') === at(outputs, 'name'))
      return { name, count: own.length }
    })
    .filter(({ count }) => count === 0 || count > targetsMax)
    .map(({ name, count }) => `${name} has ${count} targets`)

export const answersComeInTime: Check = (evaluated) =>
  every(evaluated, 'lambda/function:Function')
    .filter(({ inputs }) => answering.test(textAt(inputs, 'name')))
    .filter(({ inputs }) => Number(at(inputs, 'timeout')) >= answeringSecondsMax)
    .map(({ name }) => `${name} may take longer than API Gateway waits`)

/** Variables every handler reads; `SST_` ones are SST's own. */
export const environmentNames = [
  'MERIDIAN_REGION',
  'MERIDIAN_REGIONS',
  'MERIDIAN_LOG_TABLE',
  'MERIDIAN_CONNECTIONS_TABLE',
  'MERIDIAN_BUS',
  'MERIDIAN_REDIS_URL',
  'MERIDIAN_CALLBACK_URL',
  'MERIDIAN_SYNC_FUNCTION',
  'MERIDIAN_ORIGIN',
  'MERIDIAN_ORIGIN_SECRET',
  'MERIDIAN_TICKET_KEY',
  'MERIDIAN_NONCE_KEY'
] as const

export const everyHandlerKnowsItsEnvironment: Check = (evaluated: Evaluated) =>
  every(evaluated, 'lambda/function:Function').flatMap(({ name, inputs }) =>
    environmentNames
      .filter((key) => textAt(inputs, 'environment', 'variables', key) === '')
      .map((key) => `${name} lacks ${key}`)
  )

/** A fifth cheaper, and what bundles are built for. */
export const functionsAreArm: Check = (evaluated) =>
  every(evaluated, 'lambda/function:Function')
    .filter(({ inputs }) => listAt(inputs, 'architectures').join() !== 'arm64')
    .map(({ name }) => `${name} is not arm64`)

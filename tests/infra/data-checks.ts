// The log's global table, its streams, and the cache beside it.
import { at, every, jsonAt, listAt, textAt, type Evaluated, type Resource } from './evaluated'
import { regionInArn } from './policies'
import { regionsOf, type Check } from './region-checks'

export const theLogIsInEveryRegion: Check = (evaluated) => {
  const table = logTable(evaluated)
  const replicas = listAt(table.inputs, 'replicas')
  const where = [table.region, ...replicas.map((replica) => textAt(replica, 'regionName'))]
  return [
    ...(sameSet(where, regionsOf(evaluated)) ? [] : [`The log is in ${where.join(', ')}`]),
    ...(at(table.inputs, 'streamViewType') === 'NEW_AND_OLD_IMAGES'
      ? []
      : ['The log has no stream of both images']),
    ...(at(table.inputs, 'billingMode') === 'PAY_PER_REQUEST' ? [] : ['The log has a fixed size'])
  ]
}

export const nothingOfTheLogGoesByItself: Check = (evaluated) => {
  const { inputs } = logTable(evaluated)
  const replicas = listAt(inputs, 'replicas')
  const restorable = [
    at(inputs, 'pointInTimeRecovery', 'enabled'),
    ...replicas.map((replica) => at(replica, 'pointInTimeRecovery'))
  ]
  const kept = [
    at(inputs, 'deletionProtectionEnabled'),
    ...replicas.map((replica) => at(replica, 'deletionProtectionEnabled'))
  ]
  return [
    ...(at(inputs, 'ttl') === undefined ? [] : ['The log has a TTL']),
    ...(restorable.every(isTrue) ? [] : ['A replica of the log cannot be restored']),
    ...(kept.every(isTrue) ? [] : ['A replica of the log can be deleted']),
    ...(at(evaluated.app, 'removal') === 'retain' ? [] : ['Removing the stage removes the log']),
    ...(at(evaluated.app, 'protect') === true ? [] : ['The stage can be removed by a slip'])
  ]
}

/** The sure path between regions. */
export const everyRegionFollowsItsOwnStream: Check = (evaluated) =>
  every(evaluated, 'lambda/eventSourceMapping:EventSourceMapping').flatMap(
    ({ name, region, inputs }) => {
      const stream = textAt(inputs, 'eventSourceArn')
      const lost = textAt(inputs, 'destinationConfig', 'onFailure', 'destinationArn')
      const retries = Number(at(inputs, 'maximumRetryAttempts') ?? -1)
      const filter = jsonAt(inputs, 'filterCriteria', 'filters', 0, 'pattern')
      return [
        ...(regionInArn(stream) === region ? [] : [`${name} follows ${stream}`]),
        ...(listAt(inputs, 'functionResponseTypes').includes('ReportBatchItemFailures')
          ? []
          : [`${name} repeats what was done`]),
        ...(at(inputs, 'bisectBatchOnFunctionError') === true ? [] : [`${name} does not halve`]),
        ...(retries >= 0 && retries <= 100 ? [] : [`${name} may stop for a day at one row`]),
        ...(regionInArn(lost) === region ? [] : [`${name} forgets what it gives up`]),
        ...(textAt(filter, 'dynamodb', 'Keys', 'pk', 'S', 0, 'prefix') === 'D#'
          ? []
          : [`${name} hears heartbeats`])
      ]
    }
  )

export const connectionsAreForgotten: Check = (evaluated) =>
  every(evaluated, 'dynamodb/table:Table')
    .filter((table) => table !== logTable(evaluated))
    .flatMap(({ name, inputs }) => [
      ...(at(inputs, 'ttl', 'enabled') === true ? [] : [`${name} keeps connections for ever`]),
      ...(at(inputs, 'replicas') === undefined ? [] : [`${name} is in other regions`])
    ])

export const everyRegionHasItsOwnCache: Check = (evaluated) =>
  every(evaluated, 'elasticache/serverlessCache:ServerlessCache').flatMap((cache) => {
    const { name, region, inputs } = cache
    const [group] = every(evaluated, 'ec2/securityGroup:SecurityGroup', region).filter(
      ({ outputs }) => listAt(inputs, 'securityGroupIds').includes(textAt(outputs, 'id'))
    )
    const doors = listAt(group?.inputs, 'ingress')
    const host = textAt(cache.outputs, 'endpoints', 0, 'address')
    const users = every(evaluated, 'lambda/function:Function', region).filter(
      (fn) => !textAt(fn.inputs, 'environment', 'variables', 'MERIDIAN_REDIS_URL').includes(host)
    )
    return [
      ...(doors.length === 1 && listAt(doors[0], 'securityGroups').length === 1
        ? []
        : [`${name} is open to more than the functions`]),
      ...(at(inputs, 'cacheUsageLimits', 'dataStorage', 'maximum') === undefined
        ? [`${name} has no limit`]
        : []),
      ...(listAt(inputs, 'subnetIds').length >= 2 ? [] : [`${name} is in one zone`]),
      ...(at(inputs, 'userGroupId') === undefined ? [`${name} asks for no password`] : []),
      ...users.map((fn) => `${fn.name} uses another cache`)
    ]
  })

/** The one table with a stream. Throws when there is none. */
export function logTable(evaluated: Evaluated): Resource {
  const found = every(evaluated, 'dynamodb/table:Table').find(({ name }) => name.startsWith('Log'))
  if (found === undefined) throw new Error('There is no table of the log')
  return found
}

function isTrue(value: unknown): boolean {
  return value === true
}

function sameSet(one: readonly string[], other: readonly string[]): boolean {
  return one.length === other.length && one.every((value) => other.includes(value))
}

// What starts a region's functions besides people: events of other regions, the table's stream, the minute.
import { retryPolicy } from './delivery'
import type { Functions } from './functions'
import type { Parts } from './parts'
import { busDetailType, busSource } from '../adapters/aws/deployed-names'
import { componentName } from './names'
import type { Place } from './place'

/** Log rows only: heartbeats and the directory are read when they are needed. */
const logRows = {
  eventName: ['INSERT', 'MODIFY'],
  dynamodb: { Keys: { pk: { S: [{ prefix: 'D#' }] } } }
}

export function makeTriggers(place: Place, parts: Parts, functions: Functions): void {
  followBus(place, parts, functions)
  followStream(place, parts, functions)
  followClock(place, functions)
}

function followBus({ region }: Place, { bus, undelivered }: Parts, { relay }: Functions): void {
  bus.subscribe('Relay', relay.alias.arn, {
    pattern: {
      source: [busSource],
      detailType: [busDetailType],
      // The region's own people were told by whoever wrote.
      detail: { region: [{ 'anything-but': [region] }] }
    },
    transform: {
      target: (target) => {
        target.deadLetterConfig = { arn: undelivered.arn }
        target.retryPolicy = retryPolicy
      }
    }
  })
}

function followStream(
  { region, options }: Place,
  { log, undelivered }: Parts,
  { stream }: Functions
): void {
  new aws.lambda.EventSourceMapping(
    componentName('StreamOfLog', region),
    {
      eventSourceArn: log.streamArnIn(region),
      functionName: stream.alias.arn,
      startingPosition: 'LATEST',
      batchSize: 100,
      parallelizationFactor: 4,
      functionResponseTypes: ['ReportBatchItemFailures'],
      bisectBatchOnFunctionError: true,
      // Without limits a row that cannot be read would stop its shard for a day.
      maximumRetryAttempts: 20,
      maximumRecordAgeInSeconds: 3600,
      destinationConfig: { onFailure: { destinationArn: undelivered.arn } },
      filterCriteria: { filters: [{ pattern: JSON.stringify(logRows) }] }
    },
    options
  )
}

function followClock({ region, options }: Place, { tick }: Functions): void {
  const rule = new aws.cloudwatch.EventRule(
    componentName('Minute', region),
    { scheduleExpression: 'rate(1 minute)' },
    options
  )
  const permission = new aws.lambda.Permission(
    componentName('MinutePermission', region),
    {
      action: 'lambda:InvokeFunction',
      function: tick.name,
      qualifier: tick.alias.name,
      principal: 'events.amazonaws.com',
      sourceArn: rule.arn
    },
    options
  )
  new aws.cloudwatch.EventTarget(
    componentName('MinuteTarget', region),
    {
      rule: rule.name,
      arn: tick.alias.arn,
      // A minute later comes the next one.
      retryPolicy: { maximumEventAgeInSeconds: 60, maximumRetryAttempts: 1 }
    },
    { ...options, dependsOn: [permission] }
  )
}

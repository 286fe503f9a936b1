// Alarms and the dashboard look at what is there.
import { metricNames, metricNamespace } from '../../sync-api/adapters/aws/metric-names'
import { at, every, jsonAt, listAt, textAt } from './evaluated'
import { regionInArn } from './policies'
import { regionsOf, type Check } from './region-checks'

const watched = ['Errors', 'ApproximateNumberOfMessagesVisible', 'StatusCheckFailed']
const ours: readonly string[] = Object.values(metricNames)

export const everyRegionIsWatched: Check = (evaluated) =>
  regionsOf(evaluated).flatMap((region) => {
    const alarms = every(evaluated, 'cloudwatch/metricAlarm:MetricAlarm', region)
    const metrics = alarms.map(({ inputs }) => textAt(inputs, 'metricName'))
    const wanted = [...watched, metricNames.replicationLagMs]
    return [
      ...wanted.filter((name) => !metrics.includes(name)).map((name) => `${region}: no ${name}`),
      ...alarms
        .filter(({ inputs }) => !listAt(inputs, 'alarmActions').some((to) => isIn(to, region)))
        .map(({ name }) => `${name} tells nobody`)
    ]
  })

export const breakersAreWatched: Check = (evaluated) =>
  regionsOf(evaluated).flatMap((region) =>
    every(evaluated, 'cloudwatch/metricAlarm:MetricAlarm', region).some(
      ({ inputs }) =>
        at(inputs, 'namespace') === metricNamespace &&
        at(inputs, 'metricName') === metricNames.breakersOpen &&
        at(inputs, 'dimensions', 'region') === region
    )
      ? []
      : [`Nobody hears of ${region}'s breakers`]
  )

export const theDashboardShowsEveryRegion: Check = (evaluated) => {
  const [dashboard] = every(evaluated, 'cloudwatch/dashboard:Dashboard')
  const metrics = listAt(jsonAt(dashboard?.inputs, 'dashboardBody'), 'widgets').flatMap((widget) =>
    listAt(widget, 'properties', 'metrics')
  )
  const own = metrics.filter((metric) => at(metric, 0) === metricNamespace)
  return [
    ...regionsOf(evaluated)
      .filter((region) => own.filter((one) => at(one, 4, 'region') === region).length < ours.length)
      .map((region) => `The dashboard lacks ${region}`),
    ...own
      .filter((metric) => !ours.includes(textAt(metric, 1)))
      .map((metric) => `Nobody writes ${textAt(metric, 1)}`)
  ]
}

function isIn(arn: unknown, region: string): boolean {
  return typeof arn === 'string' && regionInArn(arn) === region
}

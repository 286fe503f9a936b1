// One dashboard over all regions.
import { metricNames, metricNamespace, type MetricName } from '../adapters/aws/metric-names'
import { liveAlias, physicalFunctionName, type FunctionName } from './names'
import type { Region } from './regions'
import type { Stage } from './stages'

type Metric = readonly (string | Readonly<Record<string, string>>)[]
type Widget = {
  readonly title: string
  readonly stat: string
  /** Of one region; the dashboard shows a line for each. */
  readonly of: (region: Region) => Metric[]
}

const widgets: readonly Widget[] = [
  { title: 'People connected', stat: 'Maximum', of: ours(metricNames.people) },
  { title: 'Documents open', stat: 'Maximum', of: ours(metricNames.documents) },
  { title: 'Updates a minute', stat: 'Sum', of: ours(metricNames.updates) },
  { title: 'Key to acknowledged, ms, p50', stat: 'p50', of: ours(metricNames.ackMs) },
  { title: 'Key to acknowledged, ms, p99', stat: 'p99', of: ours(metricNames.ackMs) },
  { title: 'Fan-out, ms, p99', stat: 'p99', of: ours(metricNames.fanOutMs) },
  { title: 'Replication lag, ms', stat: 'Maximum', of: ours(metricNames.replicationLagMs) },
  { title: 'Breakers open', stat: 'Maximum', of: ours(metricNames.breakersOpen) },
  { title: 'Cold starts', stat: 'Sum', of: ours(metricNames.coldStarts) },
  { title: 'Refused', stat: 'Sum', of: ours(metricNames.refusals) },
  {
    title: 'Warm environments in use',
    stat: 'Maximum',
    of: lambda('socket', 'ProvisionedConcurrencyUtilization')
  },
  {
    title: 'Calls that found no warm environment',
    stat: 'Sum',
    of: lambda('socket', 'ProvisionedConcurrencySpilloverInvocations')
  }
]

const columns = 3
const width = 8
const height = 6

export function makeDashboard({ regions }: Stage, home: Region): void {
  const body = {
    widgets: widgets.map(({ title, stat, of }, index) => ({
      type: 'metric',
      x: (index % columns) * width,
      y: Math.floor(index / columns) * height,
      width,
      height,
      properties: {
        title,
        stat,
        region: home,
        period: 60,
        metrics: regions.flatMap((region) => of(region))
      }
    }))
  }
  new aws.cloudwatch.Dashboard('Dashboard', {
    dashboardName: `${$app.name}-${$app.stage}`,
    dashboardBody: JSON.stringify(body)
  })
}

function ours(name: MetricName): Widget['of'] {
  return (region) => [[metricNamespace, name, 'region', region, { region, label: region }]]
}

function lambda(name: FunctionName, metric: string): Widget['of'] {
  return (region) => {
    const fn = physicalFunctionName($app.name, $app.stage, name)
    // What is provisioned is counted for an alias alone.
    const alias = ['FunctionName', fn, 'Resource', `${fn}:${liveAlias}`]
    return [['AWS/Lambda', metric, ...alias, { region, label: region }]]
  }
}

// A region's alarms: what somebody should look at, and nothing else.
import type { Functions } from './functions'
import type { Parts } from './parts'
import { metricNames, metricNamespace } from '../adapters/aws/metric-names'
import { componentName } from './names'
import type { Place } from './place'

type Alarm = {
  readonly title: string
  readonly says: string
  readonly namespace: string
  readonly metricName: string
  readonly dimensions: Record<string, $util.Input<string>>
  readonly statistic: 'Sum' | 'Maximum'
  /** More than this, ... */
  readonly above: number
  /** ... for so many minutes. */
  readonly minutes: number
}

export function makeAlarms(place: Place, parts: Parts, functions: Functions): void {
  const { region, options, stage } = place
  const topic = new aws.sns.Topic(
    componentName('Alarms', region),
    { name: `${$app.name}-${$app.stage}-alarms` },
    options
  )
  if (stage.alarmEmail !== null) {
    new aws.sns.TopicSubscription(
      componentName('AlarmsEmail', region),
      { topic: topic.arn, protocol: 'email', endpoint: stage.alarmEmail },
      options
    )
  }
  for (const alarm of alarmsOf(place, parts, functions)) {
    const { title, says, above, minutes, ...metric } = alarm
    new aws.cloudwatch.MetricAlarm(
      componentName(`Alarm${title}`, region),
      {
        ...metric,
        name: `${$app.name}-${$app.stage}-${title.toLowerCase()}-${region}`,
        alarmDescription: says,
        period: 60,
        evaluationPeriods: minutes,
        threshold: above,
        comparisonOperator: 'GreaterThanThreshold',
        treatMissingData: 'notBreaching',
        alarmActions: [topic.arn],
        okActions: [topic.arn]
      },
      options
    )
  }
}

function alarmsOf({ region }: Place, parts: Parts, functions: Functions): Alarm[] {
  const ours = { namespace: metricNamespace, dimensions: { region } }
  const alarms: Alarm[] = [
    {
      title: 'Errors',
      says: 'The socket function fails: people wait for acknowledgements.',
      namespace: 'AWS/Lambda',
      metricName: 'Errors',
      dimensions: { FunctionName: functions.socket.name },
      statistic: 'Sum',
      above: 5,
      minutes: 3
    },
    {
      title: 'Undelivered',
      says: 'Something was given up on: read the queue of what was not delivered.',
      namespace: 'AWS/SQS',
      metricName: 'ApproximateNumberOfMessagesVisible',
      dimensions: { QueueName: parts.undelivered.name },
      statistic: 'Maximum',
      above: 0,
      minutes: 1
    },
    {
      title: 'Lag',
      says: 'Another region has not been heard of for a minute.',
      ...ours,
      metricName: metricNames.replicationLagMs,
      statistic: 'Maximum',
      above: 60_000,
      minutes: 3
    },
    {
      title: 'Breakers',
      says: 'A dependency of the region is avoided because it fails.',
      ...ours,
      metricName: metricNames.breakersOpen,
      statistic: 'Maximum',
      above: 0,
      minutes: 5
    }
  ]
  if (parts.network === null) return alarms
  return [
    ...alarms,
    {
      title: 'Nat',
      says: 'The NAT instance fails: the region cannot reach sockets and bus.',
      namespace: 'AWS/EC2',
      metricName: 'StatusCheckFailed',
      dimensions: { InstanceId: parts.network.nat.id },
      statistic: 'Maximum',
      above: 0,
      minutes: 3
    }
  ]
}

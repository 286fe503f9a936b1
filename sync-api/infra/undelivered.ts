// A region's queue for what could not be delivered: an alarm, never the only copy of anything.
import { componentName } from './names'
import type { Place } from './place'

/** As long as SQS keeps anything: 14 days, for who looks at the alarm after a holiday. */
const keptSeconds = 14 * 24 * 3600

export type Undelivered = {
  readonly arn: $util.Output<string>
  readonly name: $util.Output<string>
}

/** Rules of `busName` may send to it; functions need it in their own role. */
export function makeUndelivered(place: Place, busName: $util.Output<string>): Undelivered {
  const { region, options } = place
  const queue = new sst.aws.Queue(
    componentName('Undelivered', region),
    { transform: { queue: { messageRetentionSeconds: keptSeconds, sqsManagedSseEnabled: true } } },
    options
  )
  const { accountId } = aws.getCallerIdentityOutput()
  // EventBridge does not fail a delivery that its dead-letter queue refuses: it forgets it.
  const policy = $jsonStringify({
    Version: '2012-10-17',
    Statement: [
      {
        Effect: 'Allow',
        Principal: { Service: 'events.amazonaws.com' },
        Action: 'sqs:SendMessage',
        Resource: queue.arn,
        Condition: {
          ArnLike: {
            'aws:SourceArn': $interpolate`arn:aws:events:${region}:${accountId}:rule/${busName}/*`
          }
        }
      }
    ]
  })
  new aws.sqs.QueuePolicy(
    componentName('UndeliveredPolicy', region),
    { queueUrl: queue.url, policy },
    options
  )
  return { arn: queue.arn, name: queue.nodes.queue.name }
}

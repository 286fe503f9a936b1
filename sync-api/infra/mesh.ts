// The full mesh between the regions' buses. EventBridge passes an event on to another bus once, so there is no hub.
import { retryPolicy } from './delivery'
import { busDetailType, busSource } from '../adapters/aws/deployed-names'
import type { Place } from './place'
import { regionTag } from './regions'
import type { Undelivered } from './undelivered'

/** A region's end of the mesh. */
export type Junction = {
  readonly place: Place
  readonly bus: sst.aws.Bus
  readonly undelivered: Undelivered
}

export function makeMesh(junctions: readonly Junction[]): void {
  for (const from of junctions) {
    for (const to of junctions) {
      if (from !== to) makeLink(from, to)
    }
  }
}

function makeLink(from: Junction, to: Junction): void {
  const { region, options } = from.place
  const name = (part: string): string =>
    `Mesh${regionTag(region)}To${regionTag(to.place.region)}${part}`
  const role = new aws.iam.Role(
    name('Role'),
    {
      assumeRolePolicy: aws.iam.assumeRolePolicyForPrincipal({ Service: 'events.amazonaws.com' }),
      inlinePolicies: [
        {
          name: 'put',
          policy: $jsonStringify({
            Version: '2012-10-17',
            Statement: [{ Effect: 'Allow', Action: 'events:PutEvents', Resource: to.bus.arn }]
          })
        }
      ]
    },
    options
  )
  const rule = new aws.cloudwatch.EventRule(
    name('Rule'),
    {
      eventBusName: from.bus.name,
      // Only the region's own: what came from elsewhere went to everybody from there.
      eventPattern: JSON.stringify({
        source: [busSource],
        'detail-type': [busDetailType],
        detail: { region: [region] }
      })
    },
    options
  )
  new aws.cloudwatch.EventTarget(
    name('Target'),
    {
      rule: rule.name,
      eventBusName: from.bus.name,
      arn: to.bus.arn,
      roleArn: role.arn,
      deadLetterConfig: { arn: from.undelivered.arn },
      retryPolicy
    },
    options
  )
}

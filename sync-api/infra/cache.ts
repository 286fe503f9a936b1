// A region's Redis (Valkey, serverless): a cache only, so each region has its own and losing it costs latency.
//
// Serverless and not sst.aws.Redis: it stands in two zones, and empty it costs less than the smallest node.
import { componentName } from './names'
import type { Network } from './network'
import type { Place } from './place'
import type { Secrets } from './secrets'

/** 5 GB hold the hot tails of some ten thousand documents; beyond, the oldest go. */
const storageMaxGb = 5
/** Bounds the bill: 5,000 a second are about 0.04 USD an hour. */
const unitsPerSecondMax = 5000
const user = 'meridian'
/** Reads may go to the second port, replicas. */
const ports = { fromPort: 6379, toPort: 6380 }

/** Answers its address, with user and password, as ioredis takes it. */
export function makeCache(place: Place, network: Network, secrets: Secrets): $util.Output<string> {
  const { region, options } = place
  const name = (part: string): string => componentName(`Cache${part}`, region)
  // AWS wants these in small letters, at most 40 of them.
  const id = `${$app.name}-${$app.stage}`.toLowerCase()
  const passwords = [secrets.cache]
  const member = new aws.elasticache.User(
    name('User'),
    {
      userId: id,
      userName: user,
      engine: 'valkey',
      accessString: 'on ~* &* +@all',
      authenticationMode: { type: 'password', passwords }
    },
    options
  )
  const group = new aws.elasticache.UserGroup(
    name('Users'),
    { userGroupId: id, engine: 'valkey', userIds: [member.userId] },
    options
  )
  const reach = new aws.ec2.SecurityGroup(
    name('Group'),
    {
      vpcId: network.vpcId,
      description: 'Cache: from functions only',
      ingress: [{ protocol: 'tcp', ...ports, securityGroups: network.functions.securityGroups }]
    },
    options
  )
  const cache = new aws.elasticache.ServerlessCache(
    name(''),
    {
      name: id,
      engine: 'valkey',
      majorEngineVersion: '8',
      subnetIds: network.functions.privateSubnets,
      securityGroupIds: [reach.id],
      userGroupId: group.userGroupId,
      cacheUsageLimits: {
        dataStorage: { maximum: storageMaxGb, unit: 'GB' },
        ecpuPerSeconds: [{ maximum: unitsPerSecondMax }]
      }
    },
    options
  )
  const address = cache.endpoints.apply((endpoints) => endpoints[0]?.address ?? '')
  return $interpolate`rediss://${user}:${secrets.cache}@${address}:${ports.fromPort}`
}

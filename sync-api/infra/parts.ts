// What a region's functions work with, made before them.
import type { LogTable } from './log-table'
import type { Network } from './network'
import type { Secrets } from './secrets'
import type { Undelivered } from './undelivered'

export type Parts = {
  readonly log: LogTable
  readonly connections: sst.aws.Dynamo
  readonly bus: sst.aws.Bus
  readonly sockets: sst.aws.ApiGatewayWebSocket
  readonly undelivered: Undelivered
  readonly secrets: Secrets
  /** Null on a personal stage, whose functions run on the developer's machine. */
  readonly network: Network | null
  readonly redisUrl: $util.Input<string>
  /** Public address, such as `https://meridian.example.com`. */
  readonly origin: string
}

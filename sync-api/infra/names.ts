// Names that more than one part of the infrastructure must agree on.
import { regionTag, type Region } from './regions'

/** The alias that everything calls: a version with provisioned concurrency, never `$LATEST`. */
export const liveAlias = 'live'

/** Stage of the WebSocket API, and the path people's browsers connect to. */
export const socketStage = 'ws'

/** One function for each trigger; `sync-api/hosts/lambda/<name>.ts` exports its `handler`. */
export const functionNames = [
  'authorizer',
  'socket',
  'http',
  'sync',
  'relay',
  'stream',
  'tick'
] as const

export type FunctionName = (typeof functionNames)[number]

/** A function's name in its region, where only a stage and what it does tell it apart. */
export function physicalFunctionName(app: string, stage: string, name: FunctionName): string {
  return `${app}-${stage}-${name}`
}

/** A component's name: unique over all regions, letters and digits only. */
export function componentName(name: string, region: Region): string {
  return `${name}${regionTag(region)}`
}

// Names and secrets of what is deployed here.
export { busDetailType, busSource, originHeader } from '../adapters/aws/deployed-names'

export const busName = 'meridian'
export const logTable = 'log'
export const connectionsTable = 'connections'

/** As people set them for a stage. */
export type LocalSecrets = {
  readonly ticketKey: string
  readonly nonceKey: string
  readonly originSecret: string
}

// The SDK's clients of a region. Stand-ins are reached by the SDK's own variables, and the tables of other regions by
// MERIDIAN_TABLES_<REGION>, which no deployment sets.
import { ApiGatewayManagementApiClient } from '@aws-sdk/client-apigatewaymanagementapi'
import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { EventBridgeClient } from '@aws-sdk/client-eventbridge'
import type { Invoke } from '../../adapters/aws/invoking'
import { serviceTimeoutMs } from '../../adapters/aws/limits'
import type { Environment, Settings } from './settings'

export type Clients = {
  readonly tables: (region: string) => DynamoDBClient
  readonly callbacks: ApiGatewayManagementApiClient
  readonly bus: EventBridgeClient
  /** Its client, a tenth of the code, is loaded at the first call. */
  readonly invoke: Invoke
}

/** Tries of a call: one more where the first got no answer, or too many came at once. */
const maxAttempts = 3

export function createClients(settings: Settings, environment: Environment): Clients {
  const { region, callbackUrl } = settings
  const tables = new Map<string, DynamoDBClient>()
  let invoking: Promise<Invoke> | null = null
  const credentials = localCredentials(environment)
  const common = (service: string) => ({
    ...{ region, maxAttempts, ...credentials },
    requestHandler: { connectionTimeout: serviceTimeoutMs / 3, requestTimeout: serviceTimeoutMs },
    ...endpointIn(environment, `AWS_ENDPOINT_URL_${service}`)
  })
  const loadInvoke = async (): Promise<Invoke> => {
    const { createInvoke } = await import('../../adapters/aws/invoking')
    return createInvoke(common('LAMBDA'))
  }
  return {
    tables(of) {
      const known = tables.get(of)
      if (known !== undefined) return known
      const name = `MERIDIAN_TABLES_${of.toUpperCase().replaceAll('-', '_')}`
      const made = new DynamoDBClient({
        ...common('DYNAMODB'),
        ...(of === region ? {} : { region: of, ...endpointIn(environment, name) })
      })
      tables.set(of, made)
      return made
    },
    callbacks: new ApiGatewayManagementApiClient({ ...common('NONE'), endpoint: callbackUrl }),
    bus: new EventBridgeClient(common('EVENTBRIDGE')),
    invoke: async (...call) => (await (invoking ??= loadInvoke()))(...call)
  }
}

function endpointIn(environment: Environment, name: string): { readonly endpoint?: string } {
  const endpoint = environment[name]
  return endpoint === undefined ? {} : { endpoint }
}

/** As Lambda gives them to a function, read from the environment that it was made for. */
function localCredentials(environment: Environment) {
  const { AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN } = environment
  if (AWS_ACCESS_KEY_ID === undefined || AWS_SECRET_ACCESS_KEY === undefined) return {}
  return {
    credentials: {
      accessKeyId: AWS_ACCESS_KEY_ID,
      secretAccessKey: AWS_SECRET_ACCESS_KEY,
      ...(AWS_SESSION_TOKEN === undefined ? {} : { sessionToken: AWS_SESSION_TOKEN })
    }
  }
}

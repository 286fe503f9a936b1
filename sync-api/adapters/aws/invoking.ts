// Asynchronous calls of another function by the SDK.
import { InvokeCommand, LambdaClient, type LambdaClientConfig } from '@aws-sdk/client-lambda'

/** Resolves when the event was taken over. */
export type Invoke = (functionName: string, payload: string) => Promise<void>

export function createInvoke(config: LambdaClientConfig): Invoke {
  const client = new LambdaClient(config)
  return async (FunctionName, Payload) => {
    await client.send(new InvokeCommand({ FunctionName, Payload, InvocationType: 'Event' }))
  }
}

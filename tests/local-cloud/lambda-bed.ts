// A function behind the Lambda API of a region, a service that it calls, and the SDK client that calls it.
import { once } from 'node:events'
import { createServer } from 'node:http'
import { InvokeCommand, LambdaClient, type LambdaClientConfig } from '@aws-sdk/client-lambda'
import {
  fromFactory,
  type LambdaEnv,
  type LambdaHandler
} from '../../sync-api/local-cloud/lambda/code'
import { startLambdaFront } from '../../sync-api/local-cloud/lambda/front'
import { readAll } from '../../sync-api/local-cloud/lambda/http-outlet'
import {
  startFunction,
  type FunctionSettings,
  type LambdaFunction
} from '../../sync-api/local-cloud/lambda/lambda-function'
import { machineTime } from '../../sync-api/local-cloud/time'

export type HeardService = {
  readonly address: string
  /** Bodies in the order in which they came. */
  readonly heard: string[]
  stop(): Promise<void>
}

/** A service that answers everything, and remembers it. */
export async function startService(): Promise<HeardService> {
  const heard: string[] = []
  const server = createServer((request, response) => {
    void readAll(request).then((body) => {
      heard.push(body.toString('utf8'))
      response.end(`answer to ${body.toString('utf8')}`)
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('No port was given')
  return {
    address: `http://127.0.0.1:${address.port}`,
    heard,
    async stop() {
      server.close()
      server.closeAllConnections()
      await once(server, 'close')
    }
  }
}

/** Posts as a handler does. */
export async function call(address: string | undefined, body: string): Promise<string> {
  const answer = await fetch(String(address), { method: 'POST', body })
  return answer.text()
}

/** A factory whose environments share nothing but what they were given. */
export function loads(handler: (env: LambdaEnv) => LambdaHandler): FunctionSettings['load'] {
  return fromFactory(async (env) => handler(env))
}

const stops: (() => Promise<void>)[] = []

/** Stops later what a test started. */
export function stopsLater<T extends { stop(): Promise<void> }>(started: T): T {
  stops.push(() => started.stop())
  return started
}

/** For `afterEach`. */
export async function stopAll(): Promise<void> {
  for (const stop of stops.splice(0).reverse()) await stop()
}

export async function startCalled(
  settings: Partial<FunctionSettings> & Pick<FunctionSettings, 'load'>
): Promise<LambdaFunction> {
  return stopsLater(
    await startFunction({
      ...{ name: 'called', region: 'eu-west-1', time: machineTime, chance: () => 0.5 },
      timeoutMs: 60_000,
      ...settings
    })
  )
}

/** What a client is made of that reaches the function. */
export async function configOf(made: LambdaFunction): Promise<LambdaClientConfig> {
  const front = stopsLater(await startLambdaFront())
  front.add(made)
  return {
    ...{ region: 'eu-west-1', endpoint: front.endpoint, maxAttempts: 1 },
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' }
  }
}

export async function clientOf(made: LambdaFunction): Promise<LambdaClient> {
  const client = new LambdaClient(await configOf(made))
  stops.push(async () => client.destroy())
  return client
}

type InvokeInput = ConstructorParameters<typeof InvokeCommand>[0]

/** What the client is told, the payload read as JSON. */
export async function invoke(
  client: LambdaClient,
  event: unknown,
  more: Partial<InvokeInput> = {}
) {
  const told = await client.send(
    new InvokeCommand({ FunctionName: 'called', Payload: JSON.stringify(event), ...more })
  )
  const text = told.Payload?.transformToString() ?? ''
  const payload: unknown = text === '' ? null : JSON.parse(text)
  return { status: told.StatusCode, failure: told.FunctionError, payload }
}

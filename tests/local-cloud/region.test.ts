// A region's API Gateway and Lambda together: a function answers a client, calls back, starts another, and dies at any of it.
import {
  ApiGatewayManagementApiClient,
  PostToConnectionCommand
} from '@aws-sdk/client-apigatewaymanagementapi'
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda'
import { afterEach, expect, it } from 'vitest'
import { createAccountQuota } from '../../sync-api/local-cloud/gateway/account-quota'
import { integrate } from '../../sync-api/local-cloud/gateway/integration'
import { startWebSocketApi } from '../../sync-api/local-cloud/gateway/web-socket-api'
import type { LambdaEnv, LambdaHandler } from '../../sync-api/local-cloud/lambda/code'
import { startLambdaFront } from '../../sync-api/local-cloud/lambda/front'
import { machineTime } from '../../sync-api/local-cloud/time'
import { fine, open, type ApiEvent } from './gateway-bed'
import { loads, startCalled, stopAll, stopsLater } from './lambda-bed'

afterEach(stopAll)

/** As its handler would: clients made once, in the environment, with what its variables say. */
function socketHandler(env: LambdaEnv): LambdaHandler {
  const surroundings = {
    ...{ region: String(env['AWS_REGION']), maxAttempts: 1 },
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' }
  }
  const callback = new ApiGatewayManagementApiClient({
    ...surroundings,
    endpoint: String(env['MERIDIAN_CALLBACK_URL'])
  })
  const lambda = new LambdaClient({
    ...surroundings,
    endpoint: String(env['AWS_ENDPOINT_URL_LAMBDA'])
  })
  return async (event) => {
    const { requestContext, body = '' } = event as ApiEvent
    if (requestContext.routeKey !== '$default') return fine
    const Payload = JSON.stringify({ heard: body })
    const InvocationType = 'Event'
    await lambda.send(new InvokeCommand({ FunctionName: 'sync:live', InvocationType, Payload }))
    const { connectionId: ConnectionId } = requestContext
    await callback.send(new PostToConnectionCommand({ ConnectionId, Data: `told ${body}` }))
    return { statusCode: 200, body: `done ${body}` }
  }
}

async function startRegion() {
  const [time, chance] = [machineTime, () => 0.5]
  const account = createAccountQuota(time)
  const place = { region: 'eu-west-1', stage: 'ws', path: '/ws', time, chance, account }
  const api = stopsLater(await startWebSocketApi(place))
  const front = stopsLater(await startLambdaFront())
  const heard: unknown[] = []
  front.add(
    await startCalled({ name: 'sync', load: loads(() => (event) => void heard.push(event)) })
  )
  const made = await startCalled({
    ...{ name: 'socket', load: loads(socketHandler), provisioned: 1 },
    addresses: {
      MERIDIAN_CALLBACK_URL: api.callbackUrl,
      AWS_ENDPOINT_URL_LAMBDA: front.endpoint
    }
  })
  const integration = integrate(made)
  api.route({
    ...{ connect: integration, disconnect: integration, authorizer: null, selectedBy: 'route' },
    messages: { $default: { integration, answers: true } }
  })
  return { api, made, heard }
}

it('A function of a region answers its client, calls it back and starts another function', async () => {
  const { api, made, heard } = await startRegion()
  const client = await open(api.url)
  client.socket.send('hello')
  await expect.poll(() => client.received).toEqual(['told hello', 'done hello'])
  await expect.poll(() => heard).toEqual([{ heard: 'hello' }])
  expect(made.lateCalls()).toEqual([])
  expect(made.figures().coldStarts).toBe(0)
})

it('A function of a region that dies at a call leaves behind what was served before', async () => {
  const { api, made, heard } = await startRegion()
  const client = await open(api.url)
  const left = [
    { call: 1, moment: 'before', told: [], heard: 0 },
    { call: 1, moment: 'after', told: [], heard: 1 },
    { call: 2, moment: 'before', told: [], heard: 1 },
    { call: 2, moment: 'after', told: ['told hello'], heard: 1 }
  ] as const
  for (const expected of left) {
    client.received.length = 0
    heard.length = 0
    const crash = made.dieAt(expected.call, expected.moment)
    client.socket.send('hello')
    await expect.poll(() => client.received.at(-1)).toContain('Internal server error')
    expect(crash.fired()).toBe(true)
    expect(client.received.slice(0, -1)).toEqual(expected.told)
    await expect.poll(() => heard.length).toBe(expected.heard)
    await expect.poll(() => made.warm()).toBe(1)
  }
  const crash = made.dieAt(3, 'before')
  client.socket.send('whole')
  await expect.poll(() => client.received.at(-1)).toBe('done whole')
  expect(crash.fired()).toBe(false)
  expect(made.figures().coldStarts).toBe(0)
})

// API Gateway's HTTP API of one region: every request goes to one function, in payload format 2.0.
import { once } from 'node:events'
import { createServer, type IncomingMessage } from 'node:http'
import { readAll } from '../lambda/http-outlet'
import type { LocalTime } from '../time'
import type { AccountQuota } from './account-quota'
import { httpAnswerOf, httpError, httpEvent, type HttpAnswer } from './http-events'
import { callIntegration, type Integration } from './integration'
import { httpBodyBytesMax, httpHeadBytesMax, httpIntegrationMsMax } from './limits'

export type HttpApiSettings = {
  readonly time: LocalTime
  readonly account: AccountQuota
}

export type HttpApi = {
  readonly url: string
  /** From now on this answers every request. */
  route(integration: Integration): void
  stop(): Promise<void>
}

const apiId = 'localhttp0'

export async function startHttpApi(settings: HttpApiSettings): Promise<HttpApi> {
  let integration: Integration | null = null
  // Above what the gateway takes, so that the gateway refuses it.
  const server = createServer({ maxHeaderSize: 4 * httpHeadBytesMax }, (request, response) => {
    answer(settings, integration, request).then(
      ({ status, headers, body }) => {
        response.writeHead(status, { ...headers, 'content-length': body.length })
        response.end(body)
      },
      () => response.destroy()
    )
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('No port was given')
  return {
    url: `http://127.0.0.1:${address.port}`,
    route: (made) => void (integration = made),
    async stop() {
      server.close()
      server.closeAllConnections()
      await once(server, 'close')
    }
  }
}

async function answer(
  { time, account }: HttpApiSettings,
  integration: Integration | null,
  request: IncomingMessage
): Promise<HttpAnswer> {
  const body = await readAll(request)
  if (integration === null) return httpError(404, 'Not Found')
  if (!account.requests.take(1)) return httpError(429, 'Too Many Requests')
  if (headBytes(request) > httpHeadBytesMax)
    return httpError(431, 'Request Header Fields Too Large')
  if (body.length > httpBodyBytesMax) return httpError(413, 'Request Entity Too Large')
  const event = httpEvent(request, body, apiId, time.now())
  const answered = await callIntegration(integration, event, time, httpIntegrationMsMax)
  switch (answered.kind) {
    case 'returned':
      return httpAnswerOf(answered.value)
    case 'failed':
      return httpError(500, 'Internal Server Error')
    case 'timed-out':
      return httpError(503, 'Service Unavailable')
  }
}

function headBytes({ method = '', url = '', rawHeaders }: IncomingMessage): number {
  const values = rawHeaders.filter((_, at) => at % 2 === 1)
  return [method, url, ...values].reduce((sum, text) => sum + Buffer.byteLength(text), 0)
}

// The callback address of a WebSocket API: POST, GET and DELETE of `@connections/{id}`, as the SDK client speaks it.
import { randomUUID } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { readAll } from '../lambda/http-outlet'
import type { AccountQuota } from './account-quota'
import type { ApiConnection } from './api-connection'
import { messageBytesMax } from './limits'

export type CallbackParts = {
  /** Before `/@connections/{id}`. */
  readonly path: string
  readonly account: AccountQuota
  /** Null before `$connect` returned and after the end. */
  find(id: string): ApiConnection | null
}

type Answer = { readonly status: number; readonly error?: string; readonly body?: object }

const gone: Answer = { status: 410, error: 'GoneException' }
const limited: Answer = { status: 429, error: 'LimitExceededException' }
const forbidden: Answer = { status: 403, error: 'ForbiddenException' }
const tooLarge: Answer = {
  ...{ status: 413, error: 'PayloadTooLargeException' },
  body: { message: `Message too long: more than ${messageBytesMax} bytes` }
}

/** Answers every request that is no upgrade. */
export async function answerCallback(
  parts: CallbackParts,
  request: IncomingMessage,
  response: ServerResponse
): Promise<void> {
  const body = await readAll(request)
  const { status, error, body: told } = answer(parts, request, body)
  const text = told === undefined ? '' : JSON.stringify(told)
  response.writeHead(status, {
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(text),
    'x-amzn-requestid': randomUUID(),
    ...(error === undefined ? {} : { 'x-amzn-errortype': error })
  })
  response.end(text)
}

function answer(parts: CallbackParts, request: IncomingMessage, body: Buffer): Answer {
  const id = idIn(parts.path, request)
  if (id === null || !request.headers.authorization?.includes('/execute-api/')) return forbidden
  if (!parts.account.requests.take(1)) return limited
  if (body.length > messageBytesMax) return tooLarge
  const connection = parts.find(id)
  if (connection === null) return gone
  switch (request.method) {
    case 'POST':
      return connection.send(body) ? { status: 200 } : limited
    case 'DELETE':
      connection.close(1000, 'Connection Closed Normally')
      return { status: 204 }
    default:
      return { status: 200, body: factsOf(connection) }
  }
}

/** Ids end in `=`, which comes as `%3D`. */
function idIn(path: string, request: IncomingMessage): string | null {
  const prefix = `${path}/@connections/`
  const { pathname } = new URL(request.url ?? '/', 'http://gateway')
  const decoded = decodeURIComponent(pathname)
  const known = ['POST', 'GET', 'DELETE'].includes(request.method ?? '')
  return known && decoded.startsWith(prefix) ? decoded.slice(prefix.length) : null
}

function factsOf({ facts, lastActiveAt }: ApiConnection): object {
  const { sourceIp, userAgent } = facts
  return {
    connectedAt: new Date(facts.connectedAt).toISOString(),
    lastActiveAt: new Date(lastActiveAt()).toISOString(),
    identity: { sourceIp, userAgent }
  }
}

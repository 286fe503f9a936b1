// Requests and answers between an HTTP API and its function, in payload format 2.0.
import { randomUUID } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import { logTime } from './api-events'
import { isObject } from './integration'

/** Everything else comes in base64. */
const textTypes =
  /^(text\/|application\/(javascript|json|xml)\b|application\/[\w.-]+\+(json|xml)\b)/

export function httpEvent(
  request: IncomingMessage,
  body: Buffer,
  apiId: string,
  at: number
): object {
  const url = new URL(request.url ?? '/', 'http://gateway')
  const { cookie, ...headers } = request.headersDistinct
  const query = Object.fromEntries(
    [...new Set(url.searchParams.keys())].map((key) => [
      key,
      url.searchParams.getAll(key).join(',')
    ])
  )
  const isBase64Encoded = body.length > 0 && !textTypes.test(request.headers['content-type'] ?? '')
  const path = decodeURIComponent(url.pathname)
  const sourceIp = request.socket.remoteAddress ?? ''
  return {
    ...{ version: '2.0', routeKey: '$default', rawPath: path, rawQueryString: url.search.slice(1) },
    ...(cookie === undefined ? {} : { cookies: cookie.flatMap((one) => one.split(/; */)) }),
    headers: {
      ...Object.fromEntries(Object.entries(headers).map(([name, all]) => [name, all?.join(',')])),
      ...{ 'x-forwarded-for': sourceIp, 'x-forwarded-port': '443', 'x-forwarded-proto': 'https' }
    },
    ...(url.search === '' ? {} : { queryStringParameters: query }),
    requestContext: {
      ...{ accountId: '000000000000', apiId, domainName: request.headers.host ?? '' },
      http: {
        ...{ method: request.method, path, protocol: 'HTTP/1.1', sourceIp },
        userAgent: request.headers['user-agent'] ?? ''
      },
      ...{ requestId: randomUUID(), routeKey: '$default', stage: '$default' },
      ...{ time: logTime(at), timeEpoch: at }
    },
    ...(body.length === 0 ? {} : { body: body.toString(isBase64Encoded ? 'base64' : 'utf8') }),
    isBase64Encoded
  }
}

export type HttpAnswer = {
  readonly status: number
  readonly headers: Readonly<Record<string, string | string[]>>
  readonly body: Buffer
}

/** What the gateway itself answers. */
export function httpError(status: number, message: string): HttpAnswer {
  const body = Buffer.from(JSON.stringify({ message }))
  return { status, headers: { 'content-type': 'application/json' }, body }
}

/** A result without a statusCode is itself the body, in JSON. */
export function httpAnswerOf(value: unknown): HttpAnswer {
  if (!isObject(value) || value['statusCode'] === undefined) {
    const body = Buffer.from(JSON.stringify(value))
    return { status: 200, headers: { 'content-type': 'application/json' }, body }
  }
  const { statusCode, headers, body = '', cookies, isBase64Encoded } = value
  if (typeof statusCode !== 'number' || typeof body !== 'string') {
    return httpError(500, 'Internal Server Error')
  }
  const told = isObject(headers) ? headers : {}
  return {
    status: statusCode,
    headers: {
      ...Object.fromEntries(Object.entries(told).map(([name, text]) => [name, String(text)])),
      ...(Array.isArray(cookies) ? { 'set-cookie': cookies.map(String) } : {})
    },
    body: Buffer.from(body, isBase64Encoded === true ? 'base64' : 'utf8')
  }
}

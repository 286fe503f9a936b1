// Requests and answers of an HTTP API in payload format 2.0, as the fetch standard has them.
import type { WithHeaders } from './headers'
import { headerOf } from './headers'

export type HttpEvent = WithHeaders & {
  readonly rawPath: string
  readonly rawQueryString: string
  readonly requestContext: {
    readonly http: { readonly method: string; readonly sourceIp: string }
    readonly domainName: string
  }
  readonly body?: string
  readonly isBase64Encoded: boolean
}

export type HttpAnswer = {
  readonly statusCode: number
  readonly headers: Readonly<Record<string, string>>
  readonly cookies: readonly string[]
  readonly body: string
  readonly isBase64Encoded: boolean
}

export function requestOf(event: HttpEvent): Request {
  const { rawPath, rawQueryString, requestContext, body, isBase64Encoded } = event
  const { method } = requestContext.http
  const query = rawQueryString === '' ? '' : `?${rawQueryString}`
  const headers = new Headers()
  for (const [name, value] of Object.entries(event.headers ?? {})) {
    if (value !== undefined) headers.set(name, value)
  }
  const bytes = body === undefined ? null : Buffer.from(body, isBase64Encoded ? 'base64' : 'utf8')
  return new Request(`https://${requestContext.domainName}${rawPath}${query}`, {
    ...{ method, headers },
    body: method === 'GET' || method === 'HEAD' ? null : bytes
  })
}

export async function answerOf(response: Response): Promise<HttpAnswer> {
  const bytes = Buffer.from(await response.arrayBuffer())
  const headers = Object.fromEntries(response.headers)
  delete headers['set-cookie']
  const isText = /^(text\/|application\/json)/.test(headers['content-type'] ?? '')
  return {
    ...{ statusCode: response.status, headers, cookies: response.headers.getSetCookie() },
    ...{ body: bytes.toString(isText ? 'utf8' : 'base64'), isBase64Encoded: !isText }
  }
}

/** Where a call comes from: CloudFront adds its caller to the list, and API Gateway adds CloudFront. */
export function addressOf(event: HttpEvent): string {
  const { sourceIp } = event.requestContext.http
  const hops = (headerOf(event, 'x-forwarded-for') ?? '').split(',').map((hop) => hop.trim())
  return hops.at(-2) ?? sourceIp
}

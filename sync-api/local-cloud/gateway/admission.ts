// Whether a client gets a connection: quotas, then the authorizer, then `$connect`.
import type { IncomingMessage } from 'node:http'
import type { LocalTime } from '../time'
import type { AccountQuota } from './account-quota'
import { authorizerEvent, connectEvent, type ConnectionFacts } from './api-events'
import { verdictOf, type Verdict } from './authorizing'
import { callIntegration, proxyAnswerOf } from './integration'
import type { Authorizer, Routes } from './routing'

export type Admission =
  | { readonly kind: 'refused'; readonly status: number; readonly message: string }
  | {
      readonly kind: 'admitted'
      readonly authorizer: Readonly<Record<string, string>> | null
      readonly headers: Readonly<Record<string, string>>
    }

export type AdmissionParts = {
  readonly region: string
  readonly stage: string
  readonly time: LocalTime
  readonly account: AccountQuota
}

const messages = { 401: 'Unauthorized', 403: 'Forbidden', 500: 'Internal server error' } as const

export async function admit(
  parts: AdmissionParts,
  routes: Routes,
  facts: ConnectionFacts,
  request: IncomingMessage
): Promise<Admission> {
  const { account, time } = parts
  if (!account.connections.take(1) || !account.requests.take(1)) {
    return { kind: 'refused', status: 429, message: 'Too Many Requests' }
  }
  const verdict =
    routes.authorizer === null ? null : await authorize(parts, routes.authorizer, facts, request)
  if (verdict?.kind === 'refused') {
    return { kind: 'refused', status: verdict.status, message: messages[verdict.status] }
  }
  const authorizer = verdict?.context ?? null
  const event = connectEvent({ ...facts, authorizer }, request, time.now())
  const answer = await callIntegration(routes.connect, event, time)
  if (answer.kind === 'timed-out') {
    return { kind: 'refused', status: 504, message: 'Endpoint request timed out' }
  }
  const proxy = answer.kind === 'returned' ? proxyAnswerOf(answer.value) : null
  if (proxy === null) return { kind: 'refused', status: 502, message: 'Internal server error' }
  const { statusCode, headers, body } = proxy
  if (statusCode >= 200 && statusCode < 300) return { kind: 'admitted', authorizer, headers }
  return { kind: 'refused', status: statusCode, message: body }
}

async function authorize(
  { region, stage, time }: AdmissionParts,
  { integration, identityHeader }: Authorizer,
  facts: ConnectionFacts,
  request: IncomingMessage
): Promise<Verdict> {
  if (request.headers[identityHeader.toLowerCase()] === undefined) {
    return { kind: 'refused', status: 401 }
  }
  const methodArn = `arn:aws:execute-api:${region}:000000000000:${facts.apiId}/${stage}/$connect`
  const event = authorizerEvent(facts, request, time.now(), methodArn)
  return verdictOf(await callIntegration(integration, event, time), methodArn)
}

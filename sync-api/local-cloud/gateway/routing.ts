// Which route a message takes, and what its answer means for the client.
import { apiError } from './handshake'
import { isObject, proxyAnswerOf, type Integration, type IntegrationAnswer } from './integration'
import { messageBytesMax } from './limits'

export type Route = {
  readonly integration: Integration
  /** Whether a RouteResponse is declared: without one, what the function returns is not sent. */
  readonly answers: boolean
}

export type Routes = {
  readonly connect: Integration
  readonly disconnect: Integration
  /** By key; `$default` takes what no other takes. */
  readonly messages: Readonly<Record<string, Route>>
  /** The field of a JSON message that names its route: `$request.body.<field>`. */
  readonly selectedBy: string
  readonly authorizer: Authorizer | null
}

export type Authorizer = {
  readonly integration: Integration
  /** Without this header nobody is asked, and the answer is 401. */
  readonly identityHeader: string
}

const fallback = '$default'

/** Null when no route takes it. What is not JSON can only go to `$default`. */
export function selectRoute(routes: Routes, text: string): { key: string; route: Route } | null {
  const key = keyIn(text, routes.selectedBy)
  const named = key === null || key.startsWith('$') ? undefined : routes.messages[key]
  if (key !== null && named !== undefined) return { key, route: named }
  const route = routes.messages[fallback]
  return route === undefined ? null : { key: fallback, route }
}

function keyIn(text: string, field: string): string | null {
  try {
    const parsed: unknown = JSON.parse(text)
    const key = isObject(parsed) ? parsed[field] : undefined
    return typeof key === 'string' ? key : null
  } catch (failure) {
    if (failure instanceof SyntaxError) return null
    throw failure
  }
}

/** What is told to the client, null for nothing. A failure is told also where no answer is declared. */
export function toldAfter(
  route: Route,
  answer: IntegrationAnswer,
  connectionId: string
): string | null {
  const proxy = answer.kind === 'returned' ? proxyAnswerOf(answer.value) : null
  const tooLong = proxy !== null && Buffer.byteLength(proxy.body) > messageBytesMax
  if (proxy === null || tooLong) return apiError('Internal server error', connectionId)
  return route.answers && proxy.body !== '' ? proxy.body : null
}

// What a route does with a message: call a function, wait at most 29 s, read what it returned.
import type { LocalTime } from '../time'
import type { LambdaFunction } from '../lambda/lambda-function'
import { integrationMsMax } from './limits'

export type IntegrationAnswer =
  | { readonly kind: 'returned'; readonly value: unknown }
  | { readonly kind: 'failed'; readonly message: string }
  | { readonly kind: 'timed-out' }

export type Integration = (event: object) => Promise<IntegrationAnswer>

/** A function as a route or authorizer calls it, by its alias. */
export function integrate(made: LambdaFunction, qualifier = 'live'): Integration {
  return async (event) => {
    const answer = await made.invoke(JSON.stringify(event), qualifier)
    const value: unknown = JSON.parse(answer.payload)
    if (answer.status === 200 && answer.functionError === null) return { kind: 'returned', value }
    const said = isObject(value) ? (value['errorMessage'] ?? value['message']) : undefined
    return { kind: 'failed', message: String(said) }
  }
}

/** Waits as long as the gateway does; the function behind it is not ended. */
export function callIntegration(
  integration: Integration,
  event: object,
  time: LocalTime,
  msMax = integrationMsMax
): Promise<IntegrationAnswer> {
  return new Promise((resolve, reject) => {
    const cancel = time.after(msMax, () => resolve({ kind: 'timed-out' }))
    integration(event).then(resolve, reject).finally(cancel)
  })
}

/** What a function returns to a route. */
export type ProxyAnswer = {
  readonly statusCode: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

/** Null when it is none: the gateway calls that an internal error. */
export function proxyAnswerOf(value: unknown): ProxyAnswer | null {
  if (!isObject(value)) return null
  const { statusCode, headers = {}, body = '' } = value
  if (typeof statusCode !== 'number' || !isObject(headers)) return null
  if (typeof body !== 'string') return null
  const texts = Object.entries(headers ?? {}).map(([name, text]) => [name, String(text)] as const)
  return { statusCode, headers: Object.fromEntries(texts), body }
}

/** Whether a value that a function returned is an object with named fields. */
export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

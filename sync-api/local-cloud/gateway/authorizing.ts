// Who may connect: what an authorizer's answer means, as API Gateway reads it.
import { isObject, type IntegrationAnswer } from './integration'
import { authorizerBytesMax } from './limits'

export type Verdict =
  | { readonly kind: 'allowed'; readonly context: Readonly<Record<string, string>> }
  | { readonly kind: 'refused'; readonly status: 401 | 403 | 500 }

const broken: Verdict = { kind: 'refused', status: 500 }

/** What it threw or returned, as the status of the handshake. */
export function verdictOf(answer: IntegrationAnswer, methodArn: string): Verdict {
  if (answer.kind === 'failed' && answer.message === 'Unauthorized') {
    return { kind: 'refused', status: 401 }
  }
  if (answer.kind !== 'returned' || !isObject(answer.value)) return broken
  const { principalId, policyDocument, context = {} } = answer.value
  if (Buffer.byteLength(JSON.stringify(answer.value)) > authorizerBytesMax) return broken
  if (typeof principalId !== 'string' || !isObject(policyDocument)) return broken
  const { Statement: statements } = policyDocument
  if (!Array.isArray(statements) || !isObject(context)) return broken
  if (!allows(statements, methodArn)) return { kind: 'refused', status: 403 }
  const told: Record<string, string> = { principalId }
  for (const [name, value] of Object.entries(context)) {
    if (!isSimple(value)) return broken
    told[name] = String(value)
  }
  return { kind: 'allowed', context: told }
}

function isSimple(value: unknown): value is string | number | boolean {
  return ['string', 'number', 'boolean'].includes(typeof value)
}

/** One denial outweighs every permission. */
function allows(statements: readonly unknown[], methodArn: string): boolean {
  const effects = statements
    .filter(isObject)
    .filter(
      ({ Action, Resource }) =>
        matches(Action, 'execute-api:Invoke') && matches(Resource, methodArn)
    )
    .map(({ Effect }) => Effect)
  return effects.includes('Allow') && !effects.includes('Deny')
}

function matches(patterns: unknown, text: string): boolean {
  return [patterns].flat().some((pattern) => {
    const escaped = String(pattern).replace(/[.+?^${}()|[\]\\]/g, '\\$&')
    return new RegExp(`^${escaped.replaceAll('*', '.*')}$`).test(text)
  })
}

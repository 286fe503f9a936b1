// IAM policies of the evaluated resources, statement by statement.
import { at, jsonAt, listAt, textAt, type Json, type Resource } from './evaluated'

export type Statement = {
  readonly actions: readonly string[]
  readonly resources: readonly string[]
  readonly principal: Json | undefined
  readonly condition: Json | undefined
}

/** Of a policy as a value, such as a queue's. */
export function statementsOf(policy: Json | undefined): Statement[] {
  return listAt(policy, 'Statement').map((statement) => ({
    actions: strings(at(statement, 'Action')),
    resources: strings(at(statement, 'Resource')),
    principal: at(statement, 'Principal'),
    condition: at(statement, 'Condition')
  }))
}

/** What a role may do by the policies written into it. */
export function inlineStatements(role: Resource): Statement[] {
  return listAt(role.inputs, 'inlinePolicies').flatMap((policy) =>
    statementsOf(jsonAt(policy, 'policy'))
  )
}

/** Who may take a role. */
export function trusted(role: Resource): string {
  return textAt(role.inputs, 'assumeRolePolicy')
}

/** The region in an ARN; '' where it has none, as S3's. */
export function regionInArn(arn: string): string {
  return arn.split(':')[3] ?? ''
}

function strings(value: Json | undefined): string[] {
  const all: readonly Json[] = Array.isArray(value) ? (value as readonly Json[]) : [value ?? '']
  return all.filter((one): one is string => typeof one === 'string' && one !== '')
}

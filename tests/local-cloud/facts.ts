// What is known of the AWS services that are stood in for: each fact with its source, and the test that the stand-in keeps to it.
import type { Section } from './fact'
import { dynamoFacts } from './dynamo-facts'
import { eventBridgeFacts } from './event-bridge-facts'
import { gatewayFacts } from './gateway-facts'
import { httpApiFacts } from './http-api-facts'
import { lambdaFacts } from './lambda-facts'
import { redisFacts } from './redis-facts'
import { streamFacts } from './stream-facts'

/** In the order of docs/aws-facts.md. */
export const sections: readonly Section[] = [
  gatewayFacts,
  httpApiFacts,
  lambdaFacts,
  dynamoFacts,
  streamFacts,
  eventBridgeFacts,
  redisFacts
]

/** docs/aws-facts.md. */
export function pageOf(all: readonly Section[]): string {
  return [
    '# What is known of AWS, and what keeps to it here',
    '',
    'Nothing here has been tried on AWS. The stand-ins of `sync-api/local-cloud` behave as AWS describes itself; each line names where a fact is from, or that it is assumed, and the test in',
    '`tests/local-cloud` that shows the stand-in keeping to it through the real SDK client. Made from `tests/local-cloud/*-facts.ts`: run the test of facts with `-u` to write it anew.',
    ...all.flatMap(sectionOf),
    ''
  ].join('\n')
}

function sectionOf({ service, facts, besides }: Section): string[] {
  const rows = facts.map(({ fact, value, source, test }) => [fact, value, source, test.join(' ')])
  const lines = rows.map(
    (row) => `| ${row.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`
  )
  const head = ['', `## ${service}`, '', '| fact | value | source | test |', '|---|---|---|---|']
  return [...head, ...lines, '', ...besides.map((one) => `- ${one}`)]
}

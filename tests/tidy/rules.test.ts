// Every rule of the protocol is quoted by a test, and every quoted rule exists.
import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { codeFiles, projectRoot } from './sources'
import { testTitles } from './syntax'

const spec = readFileSync(new URL('../../sync-api/protocol/SPEC.md', import.meta.url), 'utf8')
const rules = [...spec.matchAll(/^- \*\*\[([A-Z]{2}\d+)\]\*\*/gm)].map((match) => match[1]!)
const titles = codeFiles(projectRoot)
  .filter((file) => file.path.startsWith('tests/') && !file.path.startsWith('tests/bench/'))
  .flatMap(testTitles)
const quoted = new Set(
  titles.flatMap((title) => [...title.matchAll(/\[([A-Z]{2}\d+)\]/g)].map((match) => match[1]!))
)

test('every rule has one id and one place', () => {
  expect(rules.length).toBeGreaterThan(40)
  expect(rules).toHaveLength(new Set(rules).size)
})

test('every rule of the protocol is quoted by the title of a test', () => {
  expect(rules.filter((rule) => !quoted.has(rule))).toEqual([])
})

test('every rule that a test quotes stands in the protocol', () => {
  expect([...quoted].filter((rule) => !rules.includes(rule))).toEqual([])
})

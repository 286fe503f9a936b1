// Every fact about AWS is shown by a test, and the page about them says what the tests do.
import { expect, test } from 'vitest'
import { codeFiles, projectRoot } from '../tidy/sources'
import { testTitles } from '../tidy/syntax'
import { pageOf, sections } from './facts'

const page = new URL('../../docs/aws-facts.md', import.meta.url).pathname

const titles = codeFiles(projectRoot)
  .filter(({ path }) => path.startsWith('tests/local-cloud/') && path.endsWith('.test.ts'))
  .map((file) => new Set(testTitles(file)))

const all = sections.flatMap(({ facts }) => facts)

test('every fact about AWS is shown by a test that is there', () => {
  const unshown = all.filter(({ test }) => !titles.some((of) => test.every((one) => of.has(one))))
  expect(unshown).toEqual([])
})

test('every fact about AWS has a source', () => {
  expect(all.filter(({ source }) => source.length < 10)).toEqual([])
  expect(all.length).toBeGreaterThan(60)
})

test('the page about AWS says the same', async () => {
  await expect(pageOf(sections)).toMatchFileSnapshot(page)
})

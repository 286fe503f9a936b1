// Real writing: a recorded history of 26,078 edits, typed by three people in turns.
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Page } from 'playwright-core'
import { startHost, type TestHost } from '../host'
import {
  makeDocument,
  shareLink,
  startBrowser,
  untilEditable,
  untilEqual,
  type TestBrowser
} from './bed'
import { readTrace, typePatches, type Patch } from './traces'

/** Edits of one turn: 30 turns in all. */
const turnLength = 870

let host: TestHost
let browsers: TestBrowser[]
let people: Page[]

beforeAll(async () => {
  host = await startHost()
  browsers = [await startBrowser(), await startBrowser(), await startBrowser()]
  const first = await browsers[0]!.open(host.url)
  await makeDocument(first, host.url)
  // In a code block a line break is a character, so positions are those of the trace.
  await first.keyboard.type('``` ')
  const link = await shareLink(first, 'Can edit')
  people = [first, await browsers[1]!.open(link), await browsers[2]!.open(link)]
  for (const person of people) await untilEditable(person)
  await untilEqual(people, ({ document }) => document.includes('"code_block"'))
})

afterAll(async () => {
  await Promise.all(browsers.map((browser) => browser.dispose()))
  await host.stop()
})

test('the text of all three equals the end of the trace', { timeout: 900_000 }, async () => {
  const { txns, endContent } = readTrace('friendsforever_flat')
  let text = ''
  for (let start = 0, turn = 0; start < txns.length; start += turnLength, turn++) {
    const patches = txns.slice(start, start + turnLength).flatMap((txn) => txn.patches)
    await people[turn % people.length]!.evaluate(typePatches, patches)
    text = patches.reduce(patched, text)
    const expected = text
    await untilEqual(people, (shown) => shown.text === expected)
  }
  const end = await untilEqual(people)
  expect(end.text).toBe(endContent)
  expect(end.invalid).toBeNull()
})

function patched(text: string, [at, deleted, inserted]: Patch): string {
  return text.slice(0, at) + inserted + text.slice(at + deleted)
}

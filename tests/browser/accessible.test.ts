// What a machine can tell about whether everybody can use the screens, in light and in dark.
import axe from 'axe-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Page } from 'playwright-core'
import { startHost, type TestHost } from '../host'
import {
  makeDocument,
  shareLink,
  startBrowser,
  typeAtEnd,
  untilEditable,
  untilStatus,
  type TestBrowser
} from './bed'

let host: TestHost
let browser: TestBrowser
let page: Page

beforeAll(async () => {
  host = await startHost()
  browser = await startBrowser()
  page = await browser.open(host.url)
  // A colour in the middle of a transition is nobody's colour.
  await page.emulateMedia({ reducedMotion: 'reduce' })
})

afterAll(async () => {
  await browser.dispose()
  await host.stop()
})

test('the empty library', async () => {
  await page.getByRole('button', { name: 'New document' }).first().waitFor()
  await expectAccessible()
})

test('a document with text of every kind', async () => {
  await makeDocument(page, host.url)
  const lines = ['## A heading', '- one', 'two', '', '> quoted', '', '', '[ ] to do', '', 'End.']
  for (const line of lines) await page.keyboard.type(`${line}\n`)
  await untilStatus(page, 'Saved')
  await expectAccessible()
})

test('the dialog that shares it, with a link', async () => {
  await shareLink(page, 'Can read')
  await page.getByRole('button', { name: 'Share' }).click()
  await page.getByRole('button', { name: /^Withdraw the link/ }).waitFor()
  await expectAccessible()
  await page.keyboard.press('Escape')
})

test('the library with a document, and its menu', async () => {
  await page.goto(`${host.url}/`)
  const more = page.getByRole('button', { name: /^More for/ })
  await more.waitFor()
  await expectAccessible()
  await more.click()
  await page.getByRole('menu').waitFor()
  await expectAccessible()
})

test('what is not safe yet, said in a document and listed, and when all is safe', async () => {
  await page.keyboard.press('Escape')
  await page.getByRole('link', { name: 'Untitled' }).click()
  await untilEditable(page)
  await host.kill('SIGTERM')
  await typeAtEnd(page, 'Not sent.')
  await untilStatus(page, 'Offline, saved on this device')
  await page.locator('meridian-status .status').click()
  await expectAccessible()
  await page.getByRole('link', { name: 'Everything that is not safe yet' }).click()
  await page.getByRole('button', { name: /as a file$/ }).waitFor()
  await expectAccessible()
  await host.restart()
  await page.getByRole('heading', { name: 'Everything is safe' }).waitFor()
  await expectAccessible()
})

test('settings, with a recovery key', async () => {
  await page.goto(`${host.url}/settings`)
  await page.getByText('this device', { exact: true }).waitFor()
  await expectAccessible()
  await page.getByRole('button', { name: 'Make a recovery key' }).click()
  await page.getByRole('dialog').waitFor()
  await expectAccessible()
})

test('an address that leads nowhere', async () => {
  await page.goto(`${host.url}/nowhere`)
  await page.getByRole('heading').first().waitFor()
  await expectAccessible()
})

async function expectAccessible(): Promise<void> {
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme })
    await page.evaluate(axe.source)
    expect(await page.evaluate(violations), colorScheme).toEqual([])
  }
}

/** Runs in the page: rule and element of each violation. */
async function violations(): Promise<string[]> {
  type Result = { id: string; nodes: readonly { html: string; failureSummary: string }[] }
  const { axe } = window as unknown as {
    axe: { run(): Promise<{ violations: readonly Result[] }> }
  }
  const found = (await axe.run()).violations
  return found.flatMap(({ id, nodes }) =>
    nodes.map(({ html, failureSummary }) => `${id}: ${html} ${failureSummary}`)
  )
}

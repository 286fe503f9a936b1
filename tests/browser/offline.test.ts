// The relay stops, the browser is closed and started again: documents are there and go on.
import { afterEach, describe, expect, test } from 'vitest'
import type { Page } from 'playwright-core'
import { paths } from '../../sync-api/protocol/http'
import { startHost, type TestHost } from '../host'
import {
  makeDocument,
  shareLink,
  startBrowser,
  typeAtEnd,
  untilEditable,
  untilOfflineReady,
  untilStatus,
  untilText,
  type BrowserKind,
  type TestBrowser
} from './bed'
import { findBrowser } from './browsers.mjs'
import { openGate } from './gate'
import { callOutbox, untilQueued } from './outbox'

const stops: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const stop of stops.splice(0).reverse()) await stop()
})

const kinds: readonly BrowserKind[] = ['chromium', 'firefox']

describe.each(kinds)('without a relay, in %s', (kind) => {
  test.skipIf(findBrowser(kind) === null)(
    'two restarts of the browser offline keep every word, and the other gets them all',
    async () => {
      const host = await beginHost()
      const { ada, link } = await adaWrites(kind, host.url)
      const ben = await begin(startBrowser())
      const benPage = await ben.open(link)
      await untilText(benPage, 'Written online.')

      await host.kill('SIGTERM')
      await ada.close()
      await ada.restart()
      const first = await openFromLibrary(ada, host.url)
      await untilText(first, 'Written online.')
      await typeAtEnd(first, ' Written offline.')
      await untilStatus(first, 'Offline, saved on this device')

      await ada.close()
      await ada.restart()
      const second = await openFromLibrary(ada, host.url)
      await untilText(second, 'Written online. Written offline.')
      await typeAtEnd(second, ' And again.')
      await untilStatus(second, 'Offline, saved on this device')

      await host.restart()
      await untilText(benPage, 'Written online. Written offline. And again.')
      await untilStatus(second, 'Saved')
    }
  )
})

test('a document made offline is there for the other when the relay is back', async () => {
  const host = await beginHost()
  const { ada } = await adaWrites('chromium', host.url)
  await host.kill('SIGTERM')
  const page = await ada.open(host.url)
  const address = await makeDocument(page, host.url)
  await page.keyboard.type('Born offline.')
  await untilStatus(page, 'Offline, saved on this device')
  await host.restart()
  await untilStatus(page, 'Saved')
  const link = await shareLink(page, 'Can edit')
  expect(link.startsWith(address)).toBe(true)
  const ben = await begin(startBrowser())
  await untilText(await ben.open(link), 'Born offline.')
})

test('what was written offline leaves with no page open, when the browser calls the worker', async () => {
  const host = await beginHost()
  const { ada, link } = await adaWrites('chromium', host.url)
  const ben = await begin(startBrowser())
  const benPage = await ben.open(link)
  await untilText(benPage, 'Written online.')
  await host.kill('SIGTERM')
  const [, page] = ada.context().pages()
  await untilStatus(page!, 'Offline')
  await typeAtEnd(page!, ' Left behind.')
  await untilStatus(page!, 'Offline, saved on this device')
  await untilQueued(page!)
  await page!.close()

  await host.restart()
  await callOutbox(ada.context(), host.url)
  await untilText(benPage, 'Written online. Left behind.')
  expect(
    ada
      .context()
      .pages()
      .map((open) => open.url())
  ).toEqual(['about:blank'])
})

test('a tab that opens while a call of the worker hangs syncs at once', async () => {
  const host = await beginHost()
  const gate = await openGate(host.port)
  stops.push(() => gate.stop())
  const { ada, link } = await adaWrites('chromium', gate.url)
  const ben = await begin(startBrowser())
  const benPage = await ben.open(link)
  await untilText(benPage, 'Written online.')
  await host.kill('SIGTERM')
  const [blank, page] = ada.context().pages()
  await untilStatus(page!, 'Offline')
  await typeAtEnd(page!, ' Stuck.')
  await untilStatus(page!, 'Offline, saved on this device')
  await untilQueued(page!)
  await page!.close()

  gate.keep(paths.sync)
  await host.restart()
  await callOutbox(ada.context(), gate.url)
  await gate.untilKept()
  await blank!.goto(link)
  await untilStatus(blank!, 'Saved')
  await untilText(benPage, 'Written online. Stuck.')
})

async function begin(starting: Promise<TestBrowser>): Promise<TestBrowser> {
  const browser = await starting
  stops.push(() => browser.dispose())
  return browser
}

async function beginHost(): Promise<TestHost> {
  const host = await startHost()
  stops.push(() => host.stop())
  return host
}

async function adaWrites(
  kind: BrowserKind,
  url: string
): Promise<{ ada: TestBrowser; link: string }> {
  const ada = await begin(startBrowser(kind))
  const page = await ada.open(url)
  await untilOfflineReady(page)
  await makeDocument(page, url)
  await page.keyboard.type('Written online.')
  await untilStatus(page, 'Saved')
  return { ada, link: await shareLink(page, 'Can edit') }
}

/** As a person finds it: the list first, then the document. */
async function openFromLibrary(browser: TestBrowser, url: string): Promise<Page> {
  const page = await browser.open(`${url}/`)
  await page.locator('a[href^="/d/"]').first().click()
  await untilEditable(page)
  return page
}

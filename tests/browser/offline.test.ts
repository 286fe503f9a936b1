// The relay stops, the browser is closed and started again: documents are there and go on.
import { afterEach, describe, expect, test } from 'vitest'
import type { BrowserContext, Page } from 'playwright-core'
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

/** Resolves when the worker knows of something to send. */
function untilQueued(page: Page): Promise<void> {
  return page.evaluate(async () => {
    const name = 'workbox-background-sync'
    // Opened before the worker has made it, it would be made without what is in it.
    while (!(await indexedDB.databases()).some((database) => database.name === name)) {
      await new Promise(requestAnimationFrame)
    }
    const opening = indexedDB.open(name)
    const database = await new Promise<IDBDatabase>((resolve, reject) => {
      opening.onsuccess = () => resolve(opening.result)
      opening.onerror = () => reject(new Error('The queue did not open'))
    })
    for (;;) {
      const counting = database.transaction('requests').objectStore('requests').count()
      await new Promise((resolve) => (counting.onsuccess = resolve))
      if (counting.result > 0) return
      await new Promise(requestAnimationFrame)
    }
  })
}

/** As the browser does when it finds a network: a sync event, from a page that is none of ours. */
async function callOutbox(context: BrowserContext, origin: string): Promise<void> {
  const session = await context.newCDPSession(context.pages()[0]!)
  const registered = new Promise<string>((resolve) => {
    session.on('ServiceWorker.workerRegistrationUpdated', ({ registrations }) => {
      const ours = registrations.find(({ scopeURL }) => scopeURL === `${origin}/`)
      if (ours !== undefined) resolve(ours.registrationId)
    })
  })
  await session.send('ServiceWorker.enable')
  const registrationId = await registered
  const tag = 'workbox-background-sync:outbox'
  const call = { origin, registrationId, tag, lastChance: false }
  await session.send('ServiceWorker.dispatchSyncEvent', call)
}

// What was written offline leaves with no page open, whatever the network and the relay make of it.
import { afterEach, describe, expect, test } from 'vitest'
import type { Page } from 'playwright-core'
import { decodeClientFrame } from '../../sync-api/protocol/codec'
import { paths } from '../../sync-api/protocol/http'
import { startHost } from '../host'
import { joinByLink, type Reader } from '../wire/reader'
import {
  makeDocument,
  shareLink,
  startBrowser,
  typeAtEnd,
  untilEditable,
  untilEqual,
  untilOfflineReady,
  untilStatus,
  type BrowserKind,
  type BrowserSetup,
  type TestBrowser
} from './bed'
import { findBrowser } from './browsers.mjs'
import { openGate, type Fate } from './gate'
import { openLink, whyNoLink } from './link'
import { callOutbox, untilQueued, untilSent } from './outbox'

const noLink = whyNoLink()

const stops: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const stop of stops.splice(0).reverse()) await stop()
})

/** Each is met by the push itself, the first time it or what it waits for is sent. */
const fates: readonly Fate[] = [
  { status: 401 },
  { status: 409 },
  { status: 413 },
  { status: 429 },
  { status: 500 },
  { status: 503 },
  'is cut'
]

describe('with no page open', () => {
  test('what the relay or something in between answers costs another try, and the entry is there once', async () => {
    const host = await startHost()
    stops.push(() => host.stop())
    const gate = await openGate(host.port)
    stops.push(() => gate.stop())
    const { ada, link } = await adaWrites(gate.url)
    const reader = await joinByLink(link.replace(gate.url, host.url))
    const before = (await reader.entries()).length
    gate.cut()
    await leaveBehind(ada, ' Left behind.')
    gate.meet(fates, (path, body) => isPush(path, body))
    gate.mend()
    while (gate.left() > 0) await callOutbox(ada.context(), gate.url)
    await untilRead(reader, 'Written online. Left behind.', () =>
      callOutbox(ada.context(), gate.url)
    )
    expect(await reader.entries()).toHaveLength(before + 1)
    expect(openPages(ada)).toEqual(['about:blank'])
  })

  test.skipIf(findBrowser('firefox') === null)(
    'Firefox, which never calls by itself, sends it as its tab is closed',
    async () => {
      const host = await startHost()
      stops.push(() => host.stop())
      const gate = await openGate(host.port)
      stops.push(() => gate.stop())
      const { ada, link } = await adaWrites(gate.url, 'firefox')
      const reader = await joinByLink(link.replace(gate.url, host.url))
      const page = ada.context().pages().at(-1)!
      // The page itself has no way left; the worker's calls have.
      gate.refuseSockets()
      await writeOffline(page, ' Left behind.')
      expect(await reader.text()).toBe('Written online.')
      await page.close()
      await untilRead(reader, 'Written online. Left behind.', () => Promise.resolve())
    }
  )

  test('a document that is refused keeps no other back, and what others wrote comes as well', async () => {
    const host = await startHost()
    stops.push(() => host.stop())
    const gate = await openGate(host.port)
    stops.push(() => gate.stop())
    const { ada, link } = await adaWrites(gate.url)
    const page = ada.context().pages().at(-1)!
    const join = (address: string): Promise<Reader> =>
      joinByLink(address.replace(gate.url, host.url))
    const others = await join(link)
    const refused = await join(await makeAndShare(page, gate.url))
    const address = page.url()
    const taken = await join(await makeAndShare(page, gate.url))

    gate.cut()
    await writeOffline(page, ' Left behind.')
    await page.goto(address)
    await untilEditable(page)
    await leaveBehind(ada, ' Left behind.')
    await others.name('News')
    gate.meet(always({ status: 413 }), (path, body) => isPush(path, body, address))
    gate.mend()
    const call = (): Promise<void> => callOutbox(ada.context(), gate.url)
    await untilRead(taken, 'Made online. Left behind.', call)
    expect(await refused.text()).toBe('Made online.')
    gate.meet([], () => false)
    await untilRead(refused, 'Made online. Left behind.', call)

    await untilSent(ada.context())
    gate.cut()
    const [blank] = ada.context().pages()
    await blank!.goto(link.slice(0, link.indexOf('#')))
    await untilEditable(blank!)
    await untilEqual([blank!], ({ title }) => title === 'News')
  })

  test.skipIf(noLink !== null)(
    'it leaves when a network that was cut is there again, by the browser’s own call',
    async () => {
      const link = await openLink(findBrowser('chromium')!)
      stops.push(() => link.remove())
      const host = await startHost({ args: ['--host', '0.0.0.0'] })
      stops.push(() => host.stop())
      // A name that is secure without https leads over the link.
      const args = [`--host-resolver-rules=MAP localhost ${link.address}`]
      const { ada, link: address } = await adaWrites(host.url, 'chromium', {
        command: link.command,
        args
      })
      const reader = await joinByLink(address)
      await link.cut()
      await leaveBehind(ada, ' Left behind.')
      expect(await reader.text()).toBe('Written online.')
      await link.mend()
      await untilRead(reader, 'Written online. Left behind.', () => Promise.resolve())
      expect(openPages(ada)).toEqual(['about:blank'])
    }
  )

  test('where no network can be cut, the reason is said, and root has none in CI', () => {
    if (noLink !== null) process.stdout.write(`${noLink}\n`)
    if (process.env['CI'] === 'true' && process.getuid?.() === 0) expect(noLink).toBeNull()
  })
})

/** More often than a test calls. */
function always(fate: Fate): readonly Fate[] {
  return Array.from({ length: 10_000 }, () => fate)
}

/** Somebody who has written something online, and is looking at it. */
async function adaWrites(
  url: string,
  kind: BrowserKind = 'chromium',
  setup: BrowserSetup = {}
): Promise<{ ada: TestBrowser; link: string }> {
  const ada = await startBrowser(kind, setup)
  stops.push(() => ada.dispose())
  const page = await ada.open(url)
  await untilOfflineReady(page)
  await makeDocument(page, url)
  await page.keyboard.type('Written online.')
  await untilStatus(page, 'Saved')
  return { ada, link: await shareLink(page, 'Can edit') }
}

/** Makes a document with some text and answers a link to it. */
async function makeAndShare(page: Page, url: string): Promise<string> {
  await makeDocument(page, url)
  await page.keyboard.type('Made online.')
  await untilStatus(page, 'Saved')
  return shareLink(page, 'Can edit')
}

async function writeOffline(page: Page, text: string): Promise<void> {
  await untilStatus(page, 'Offline')
  await typeAtEnd(page, text)
  await untilStatus(page, 'Offline, saved on this device')
}

/** Writes offline and closes the last page. */
async function leaveBehind(browser: TestBrowser, text: string): Promise<void> {
  const page = browser.context().pages().at(-1)!
  await writeOffline(page, text)
  await untilQueued(page)
  await page.close()
}

/** Whether a call pushes, into the document at `address` if one is given. */
function isPush(path: string, body: Uint8Array, address = ''): boolean {
  if (path !== paths.sync) return false
  return decodeClientFrame(new Uint8Array(body)).some(
    (message) => message.type === 'push' && (address === '' || address.endsWith(message.document))
  )
}

async function untilRead(
  reader: Reader,
  text: string,
  meanwhile: () => Promise<unknown>
): Promise<void> {
  while ((await reader.text()) !== text) await meanwhile()
}

function openPages(browser: TestBrowser): readonly string[] {
  return browser
    .context()
    .pages()
    .map((page) => page.url())
}

// What happens to tabs and their clock: killed, frozen, cleared under their feet, moved in time.
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import type { CDPSession, Page } from 'playwright-core'
import { startHost, type TestHost } from '../host'
import {
  makeDocument,
  shareLink,
  shown,
  startBrowser,
  typeAtEnd,
  untilEditable,
  untilStatus,
  untilText,
  type TestBrowser
} from './bed'
import { evidenceOf } from './evidence'

let host: TestHost
let ben: TestBrowser
let ada: TestBrowser
let page: Page
let benPage: Page

beforeAll(async () => {
  host = await startHost()
  ben = await startBrowser()
})

beforeEach(async () => {
  ada = await startBrowser()
  page = await ada.context().newPage()
  await makeDocument(page, host.url)
  await page.keyboard.type('Before. ')
  await untilStatus(page, 'Saved')
  benPage = await ben.open(await shareLink(page, 'Can edit'))
  await untilEditable(benPage)
  await untilText(benPage, 'Before.')
})

afterEach(async ({ task }) => {
  if (task.result?.state === 'fail') await tellEvidence()
  await benPage.close()
  await ada.dispose()
})

async function tellEvidence(): Promise<void> {
  const all = [...ada.context().pages(), benPage]
  const pages = all.filter((one) => one.url().startsWith(host.url))
  process.stderr.write(`${await evidenceOf(pages)}${host.output()}`)
}

afterAll(async () => {
  await ben.dispose()
  await host.stop()
})

test('the browser clears all storage under an open document, and what it shows is stored again', async () => {
  await host.kill('SIGTERM')
  await typeAtEnd(page, 'Offline. ')
  await untilStatus(page, 'Offline, saved on this device')
  const session = await ada.context().newCDPSession(page)
  await session.send('Storage.clearDataForOrigin', { origin: host.url, storageTypes: 'all' })
  await typeAtEnd(page, 'After. ')
  await host.restart()
  await untilText(benPage, 'Before. Offline. After.')
  await untilStatus(page, 'Saved')
  await page.reload()
  await untilText(page, 'Before. Offline. After.')
  expect(new URL(page.url()).pathname).toBe(new URL(benPage.url()).pathname)
})

test('a frozen tab misses nothing, and what it holds is sent when it wakes', async () => {
  const session = await ada.context().newCDPSession(page)
  await typeAtEnd(page, 'Frozen. ')
  await freeze(session, true)
  // Elsewhere: two who write in one place mix their letters, which is as it should be.
  await benPage.locator('.ProseMirror').focus()
  await benPage.keyboard.press('Control+Home')
  await benPage.keyboard.type('Meanwhile. ')
  await untilStatus(benPage, 'Saved')
  await freeze(session, false)
  await untilText(page, 'Meanwhile.')
  await untilText(benPage, 'Frozen.')
  await typeAtEnd(page, 'Awake. ')
  await untilText(benPage, 'Awake.')
  await untilStatus(page, 'Saved')
})

test('a clock that jumps a month ahead and two back loses nothing and keeps no word waiting', async () => {
  const monthMs = 30 * 24 * 60 * 60_000
  for (const [shift, word] of [
    [monthMs, 'Ahead. '],
    [-monthMs, 'Back. ']
  ] as const) {
    await page.evaluate(shiftClock, shift)
    await typeAtEnd(page, word)
    await untilText(benPage, word.trim())
    await untilStatus(page, 'Saved')
  }
  await page.reload()
  await untilText(page, 'Before. Ahead. Back.')
})

/** A tab costs seconds to open: `npm run leaders` has twelve of them and fifty kills. */
const count = Number(process.env['MERIDIAN_TABS'] ?? 3)
const kills = Number(process.env['MERIDIAN_KILLS'] ?? 4)

test('tabs whose leader is killed again and again lose no word', async () => {
  const address = page.url()
  let tabs = [page]
  while (tabs.length < count) tabs.push(await openTab(address))
  const words: string[] = []
  for (let kill = 0; kill < kills; kill++) {
    const writer = tabs[kill % tabs.length]!
    const word = `w${kill}`
    await typeAtEnd(writer, `${word} `)
    words.push(word)
    await untilHeard(writer)
    const leader = await leading(tabs)
    await leader.close({ runBeforeUnload: false })
    tabs = [...tabs.filter((tab) => tab !== leader), await openTab(address)]
  }
  for (const word of words) await untilText(benPage, `${word} `)
  const { text } = await shown(benPage)
  expect(text.trim().split(/\s+/).sort()).toEqual(['Before.', ...words].sort())
})

async function openTab(address: string): Promise<Page> {
  const tab = await ada.context().newPage()
  await tab.goto(address, { waitUntil: 'commit' })
  await untilEditable(tab)
  return tab
}

/** Resolves when a commit holds what the tab typed: what is killed before has never been said safe. */
async function untilHeard(tab: Page): Promise<void> {
  await tab.waitForFunction(() => {
    const words = document.querySelector('meridian-status .words')?.textContent
    const kind = document.querySelector<HTMLElement>('meridian-status .status')?.dataset['kind']
    return words !== undefined && kind !== 'writing'
  })
}

/** The tab that holds the lock of whoever syncs, once one does. */
async function leading(tabs: readonly Page[]): Promise<Page> {
  for (;;) {
    const led = await Promise.all(tabs.map((tab) => tab.evaluate(holdsLead)))
    const at = led.indexOf(true)
    if (at >= 0) return tabs[at]!
  }
}

async function freeze(session: CDPSession, frozen: boolean): Promise<void> {
  await session.send('Page.setWebLifecycleState', { state: frozen ? 'frozen' : 'active' })
}

// These run in the page.

async function holdsLead(): Promise<boolean> {
  const { held = [] } = await navigator.locks.query()
  const own = held.find(({ name }) => name?.startsWith('meridian-sync-'))
  if (own?.clientId === undefined) return false
  // A lock says which client holds it; a lock of one's own says which client one is.
  const mine = await navigator.locks.request(`who-${Math.random()}`, async (lock) =>
    (await navigator.locks.query()).held?.find((one) => one.name === lock?.name)
  )
  return mine?.clientId === own.clientId
}

function shiftClock(ms: number): void {
  const real = Date.now.bind(Date)
  Date.now = () => real() + ms
}

// Three tabs of one person and one of another: whichever tab leads may close or crash.
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { Page } from 'playwright-core'
import { startHost, type TestHost } from '../host'
import {
  makeDocument,
  shareLink,
  startBrowser,
  typeAtEnd,
  untilEditable,
  untilEqual,
  untilText,
  type Shown,
  type TestBrowser
} from './bed'
import { evidenceOf } from './evidence'

let host: TestHost
let ada: TestBrowser
let ben: TestBrowser
let benPage: Page
let tabs: Page[]
/** Sockets each tab has open: only the leading tab has one. */
const sockets = new Map<Page, number>()

beforeAll(async () => {
  host = await startHost()
  ada = await startBrowser()
  ben = await startBrowser()
  ada.context().on('page', countSockets)
  const first = await ada.open(host.url)
  const address = await makeDocument(first, host.url)
  const link = await shareLink(first, 'Can edit')
  tabs = [first, await ada.open(address), await ada.open(address)]
  for (const tab of tabs) await untilEditable(tab)
  benPage = await ben.open(link)
  await untilEditable(benPage)
})

beforeEach(({ onTestFailed }) => {
  onTestFailed(async () => {
    const sockets = tabs.map((tab) => `${open(tab)} sockets`).join(', ')
    process.stderr.write(`${sockets}\n${await evidenceOf([...tabs, benPage])}${host.output()}`)
  })
})

afterAll(async () => {
  await Promise.all([ada.dispose(), ben.dispose()])
  await host.stop()
})

describe('three tabs of one person', () => {
  test('share one socket', async () => {
    await typeEverywhere('one', tabs[0]!)
    await typeEverywhere('two', tabs[1]!)
    await typeEverywhere('three', tabs[2]!)
    expect(tabs.filter((tab) => open(tab) > 0)).toHaveLength(1)
  })

  test('when the leading tab is closed, another takes over and nothing is lost or doubled', async () => {
    const leading = tabs.find((tab) => open(tab) > 0)!
    await typeEverywhere('last', leading)
    await typeAtEnd(leading, 'parting ')
    await leading.close()
    tabs = tabs.filter((tab) => tab !== leading)
    await untilText(benPage, 'parting')
    const end = await typeEverywhere('after', tabs[0]!)
    expect(words(end.text)).toEqual(['after', 'last', 'one', 'parting', 'three', 'two'])
  })

  test('a tab closed while another holds the database up has its last words stored all the same', async () => {
    const staying = tabs[0]!
    const closing = await ada.open(staying.url())
    await untilText(closing, 'after')
    await staying.evaluate(holdDatabase)
    await typeAtEnd(closing, 'patient ')
    await closing.close()
    await staying.evaluate(() => window.dispatchEvent(new Event('release-database')))
    await untilEqual([...tabs, benPage], ({ text }) => text.includes('patient'))
  })

  test('when the leading tab crashes, another takes over and nothing is lost or doubled', async () => {
    const leading = tabs.find((tab) => open(tab) > 0)!
    tabs = tabs.filter((tab) => tab !== leading)
    await crash(leading)
    await typeEverywhere('survivor', tabs[0]!)
    const end = await typeEverywhere('ben', benPage)
    const before = ['after', 'last', 'one', 'parting', 'patient', 'three', 'two']
    expect(words(end.text)).toEqual([...before, 'ben', 'survivor'].sort())
  })
})

/** Types a word in one tab and waits until every other has it: the next goes after it. */
async function typeEverywhere(word: string, tab: Page): Promise<Shown> {
  await typeAtEnd(tab, `${word} `)
  return untilEqual([...tabs, benPage], ({ text }) => text.includes(word))
}

function countSockets(page: Page): void {
  page.on('websocket', (socket) => {
    sockets.set(page, open(page) + 1)
    socket.on('close', () => sockets.set(page, open(page) - 1))
  })
}

function open(page: Page): number {
  return sockets.get(page) ?? 0
}

function words(text: string): string[] {
  return text.trim().split(/\s+/).sort()
}

async function crash(page: Page): Promise<void> {
  const session = await page.context().newCDPSession(page)
  const crashed = new Promise((resolve) => page.once('crash', resolve))
  // It never answers: there is nobody left to.
  session.send('Page.crash').catch(() => undefined)
  await crashed
}

// Runs in the page. Holds a transaction over what a tab writes until `release-database`: all others
// wait, and the browser aborts those of a tab that is gone by then.
function holdDatabase(): Promise<void> {
  return new Promise((resolve, reject) => {
    let held = true
    window.addEventListener('release-database', () => (held = false), { once: true })
    const opening = indexedDB.open('meridian')
    opening.onerror = () => reject(new Error('The database did not open'))
    opening.onsuccess = () => {
      const database = opening.result
      const transaction = database.transaction(['updates', 'outbox'], 'readwrite')
      transaction.oncomplete = () => database.close()
      const ask = (): void => {
        transaction.objectStore('outbox').count().onsuccess = () => {
          resolve()
          if (held) ask()
        }
      }
      ask()
    }
  })
}

// The browser's storage fails in every way it can: nothing shown as saved is lost, what is unsafe is said.
import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { Page } from 'playwright-core'
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
  type TestBrowser
} from './bed'
import { evidenceOf } from './evidence'

let host: TestHost
let ben: TestBrowser
let ada: TestBrowser
let page: Page

beforeAll(async () => {
  host = await startHost()
  ben = await startBrowser()
})

beforeEach(async ({ onTestFailed }) => {
  ada = await startBrowser()
  onTestFailed(async () => {
    const all = [...ada.context().pages(), ...ben.context().pages()]
    const pages = all.filter((one) => one.url().startsWith(host.url))
    process.stderr.write(`${await evidenceOf(pages)}${host.output()}`)
  })
})

afterEach(() => ada.dispose())

afterAll(async () => {
  await ben.dispose()
  await host.stop()
})

describe('a full disk', () => {
  test('is said, the words reach the other all the same, and are stored when there is room', async () => {
    page = await ada.context().newPage()
    await giveQuota(page, 16_000_000)
    const benPage = await write('Before.')
    await page.evaluate(fillStorage)
    await typeAtEnd(page, ' From memory.')
    await untilStatus(page, 'Cannot save')
    await expectTitle(page, '⚠')
    await page.getByRole('link', { name: 'Documents' }).click()
    await untilText(benPage, 'Before. From memory.')
    await page.getByRole('link', { name: 'Untitled' }).click()
    await untilText(page, 'Before. From memory.')
    await untilStatus(page, 'Saved, not on this device')
    await page.evaluate(() => indexedDB.deleteDatabase('filler'))
    await untilStatus(page, 'Saved')
    await page.reload()
    await untilText(page, 'Before. From memory.')
  })
})

describe('a database that is deleted', () => {
  test('under the app is written again from memory, with what no relay had', async () => {
    page = await ada.context().newPage()
    const benPage = await write('Before.')
    await host.kill('SIGTERM')
    await typeAtEnd(page, ' Offline.')
    await untilStatus(page, 'Offline, saved on this device')
    await page.evaluate(() => indexedDB.deleteDatabase('meridian'))
    await typeAtEnd(page, ' After ✓')
    const [first] = await untilStored(page, '✓')
    // What it builds on is there before any of it.
    expect(first).toContain('Before. Offline.')
    await page.reload()
    await untilText(page, 'Before. Offline. After ✓')
    await host.restart()
    await untilText(benPage, 'Before. Offline. After ✓')
    await untilStatus(page, 'Saved')
  })

  test('by the browser while nobody looks is noticed, and its copies or the relay bring it back', async () => {
    page = await ada.context().newPage()
    await write('Kept by the relay.')
    const address = page.url()
    await page.getByRole('textbox', { name: 'Title' }).fill('Notes')
    await untilStatus(page, 'Saved')
    await page.getByRole('link', { name: 'Documents' }).click()
    await page.getByRole('link', { name: 'Notes' }).waitFor()
    await page.goto('about:blank')
    await clearDatabases(page, host.url)
    // It is open to somebody whose keys are gone; why comes first.
    await page.goto(address)
    await page.getByRole('heading', { name: 'This document is not open to you' }).waitFor()
    await page.getByText('has deleted what Meridian had stored here').waitFor()
    await page.goto(`${host.url}/`)
    await page.getByText('1 document. All their changes had reached the relay.').waitFor()
    await page.getByRole('button', { name: 'Dismiss' }).click()
    await page.reload()
    await page.getByRole('button', { name: 'New document' }).first().waitFor()
    expect(await page.getByText('has deleted').count()).toBe(0)
  })
})

test('last words of a tab whose database is gone are not stored without what they build on', async () => {
  page = await ada.context().newPage()
  await page.goto(host.url)
  await untilOfflineReady(page)
  await page.goto(`${host.url}/robots.txt`)
  await clearDatabases(page, host.url)
  const channel = `${'A'.repeat(22)}/content`
  expect(await page.evaluate(leaveLastWords, channel)).toMatchObject({ type: 'drain-failed' })
  await page.goto(`${host.url}/d/${'A'.repeat(22)}`)
  expect(await page.evaluate(storedTexts)).toEqual([])
})

test('a row that was damaged is fetched again from the relay', async () => {
  page = await ada.context().newPage()
  const benPage = await write('Whole.')
  await page.goto('about:blank')
  await page.goto(`${host.url}/robots.txt`)
  await page.evaluate(damageUpdates)
  await page.goto(benPage.url())
  await untilText(page, 'Whole.')
  await typeAtEnd(page, ' And on.')
  await untilText(benPage, 'Whole. And on.')
  await untilStatus(page, 'Saved')
})

test('storage that was damaged on the disk is never shown as an empty library', async () => {
  page = await ada.context().newPage()
  await write('On a bad disk.')
  await page.goto(`${host.url}/`)
  await page.getByRole('link', { name: 'Untitled' }).waitFor()
  await ada.close()
  await damageFiles(ada.profile)
  await ada.restart()
  page = await ada.open(`${host.url}/`)
  const said = page
    .getByText('has deleted what Meridian had stored here')
    .or(page.getByRole('heading', { name: 'Your storage did not open' }))
    .or(page.getByRole('link', { name: 'Untitled' }))
  await said.first().waitFor()
})

test('an older tab that holds the storage is named, and the app starts when it lets go', async () => {
  const old = await ada.open(`${host.url}/robots.txt`)
  await old.evaluate(holdOldDatabase)
  page = await ada.open(`${host.url}/`)
  await page.getByText('Another tab with an older release holds the storage').waitFor()
  await old.close()
  await page.getByRole('button', { name: 'New document' }).first().waitFor()
})

/** Ada writes in a new document and Ben has it open; answers his tab. */
async function write(text: string): Promise<Page> {
  await makeDocument(page, host.url)
  await page.keyboard.type(text)
  await untilStatus(page, 'Saved')
  const benPage = await ben.open(await shareLink(page, 'Can edit'))
  await untilEditable(benPage)
  await untilText(benPage, text)
  return benPage
}

async function expectTitle(tab: Page, sign: string): Promise<void> {
  await tab.waitForFunction((wanted) => document.title.startsWith(wanted), sign)
}

/** Before the origin first uses IndexedDB: later only other storage would hear of it. */
async function giveQuota(tab: Page, quotaSize: number): Promise<void> {
  const session = await tab.context().newCDPSession(tab)
  await session.send('Storage.overrideQuotaForOrigin', { origin: host.url, quotaSize })
}

async function clearDatabases(tab: Page, origin: string): Promise<void> {
  const session = await tab.context().newCDPSession(tab)
  await session.send('Storage.clearDataForOrigin', { origin, storageTypes: 'indexeddb' })
}

/** Resolves with what is stored of the document on show, when the words are in it. */
async function untilStored(tab: Page, words: string): Promise<readonly string[]> {
  for (;;) {
    const texts = await tab.evaluate(storedTexts)
    if (texts.some((text) => text.includes(words))) return texts
  }
}

/** Overwrites the middle of every file of the browser's databases. */
async function damageFiles(profile: string): Promise<void> {
  const folder = join(profile, 'Default', 'IndexedDB')
  let damaged = 0
  for (const name of await readdir(folder, { recursive: true })) {
    if (!/\.(ldb|log)$/.test(name)) continue
    const path = join(folder, name)
    const bytes = await readFile(path)
    bytes.fill(0xaa, Math.floor(bytes.length / 4), Math.floor((bytes.length * 3) / 4))
    await writeFile(path, bytes)
    damaged += 1
  }
  expect(damaged).toBeGreaterThan(0)
}

// These run in the page.

/** Takes all the room there is, down to the last hundred bytes. */
async function fillStorage(): Promise<void> {
  const opening = indexedDB.open('filler', 1)
  opening.onupgradeneeded = () => opening.result.createObjectStore('rows', { autoIncrement: true })
  await new Promise((resolve) => (opening.onsuccess = resolve))
  const database = opening.result
  database.onversionchange = () => database.close()
  for (let size = 1_000_000; size > 100;) {
    const bytes = new Uint8Array(size)
    for (let at = 0; at < size; at += 65_536) {
      crypto.getRandomValues(bytes.subarray(at, at + 65_536))
    }
    const transaction = database.transaction('rows', 'readwrite')
    transaction.objectStore('rows').add(bytes)
    const fits = await new Promise<boolean>((resolve) => {
      transaction.oncomplete = () => resolve(true)
      transaction.onabort = () => resolve(false)
    })
    if (!fits) size = Math.floor(size / 4)
  }
}

/** The stored updates of the document on show, oldest first, each read as text. */
async function storedTexts(): Promise<string[]> {
  // Opening one that is not there would make it.
  const known = (await indexedDB.databases()).some(({ name }) => name === 'meridian')
  if (!known) return []
  const opening = indexedDB.open('meridian')
  const database = await new Promise<IDBDatabase | null>((resolve) => {
    opening.onsuccess = () => resolve(opening.result)
    opening.onerror = () => resolve(null)
  })
  if (database === null || !database.objectStoreNames.contains('updates')) {
    database?.close()
    return []
  }
  const reading = database.transaction('updates').objectStore('updates').getAll()
  await new Promise((resolve) => (reading.onsuccess = resolve))
  database.close()
  const document = location.pathname.split('/').at(-1)!
  const rows = reading.result as { channel: string; update: Uint8Array }[]
  return rows
    .filter(({ channel }) => channel.startsWith(document))
    .map(({ update }) => new TextDecoder().decode(update))
}

/** Resolves with what the worker answers. */
function leaveLastWords(channel: string): Promise<unknown> {
  const { port1, port2 } = new MessageChannel()
  const updates = [{ update: new Uint8Array([0, 0]), writer: 'A'.repeat(11) }]
  const message = { type: 'last-words', channel, tab: 'A'.repeat(11), updates }
  return new Promise((resolve) => {
    port1.onmessage = ({ data }) => resolve(data)
    navigator.serviceWorker.controller!.postMessage(message, [port2])
  })
}

async function damageUpdates(): Promise<void> {
  const opening = indexedDB.open('meridian')
  await new Promise((resolve) => (opening.onsuccess = resolve))
  const database = opening.result
  const transaction = database.transaction('updates', 'readwrite')
  transaction.objectStore('updates').openCursor().onsuccess = (event) => {
    const cursor = (event.target as IDBRequest<IDBCursorWithValue | null>).result
    if (cursor === null) return
    const row = cursor.value as { update: Uint8Array }
    cursor.update({ ...row, update: row.update.map((byte) => byte ^ 0x55) })
    cursor.continue()
  }
  await new Promise((resolve) => (transaction.oncomplete = resolve))
  database.close()
}

/** As a release would that does not let go. */
async function holdOldDatabase(): Promise<void> {
  const opening = indexedDB.open('meridian', 1)
  opening.onupgradeneeded = () => {
    const store = opening.result.createObjectStore('updates', {
      keyPath: 'row',
      autoIncrement: true
    })
    store.createIndex('channel', 'channel')
  }
  await new Promise((resolve) => (opening.onsuccess = resolve))
}

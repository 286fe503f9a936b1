// Two hundred documents on one socket: the open one goes first, and a right withdrawn is one document's.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Page } from 'playwright-core'
import { startHost, type TestHost } from '../host'
import { startBrowser, untilOfflineReady, type TestBrowser } from './bed'
import { listenIn, type Conversation } from './frames'

const documentsCount = 200
const openNumber = 137

/** Of the app's own object on the page, what this test uses. */
type App = {
  meridian: {
    library: { create(): Promise<string> }
    sharing: {
      makeLink(document: string, role: string): Promise<string>
      withdrawLink(document: string, link: string): Promise<void>
      claim(document: string, link: string, secret: string): Promise<string>
    }
    open(document: string): Promise<{
      replica: {
        doc: { getText(name: string): { insert(at: number, text: string): void } }
        written(): Promise<void>
      }
      close(): Promise<void>
    }>
  }
}

let host: TestHost
let browsers: TestBrowser[]
let owner: Page
let reader: Page
let links: readonly string[]
let documents: readonly string[]
let wire: Conversation

beforeAll(async () => {
  host = await startHost()
  browsers = [await startBrowser(), await startBrowser()]
  owner = await browsers[0]!.open(host.url)
  await untilStarted(owner)
  links = await owner.evaluate(makeDocuments, documentsCount)
  documents = links.map((link) => new URL(link).pathname.split('/').at(-1)!)
  reader = await browsers[1]!.open(host.url)
  await untilOfflineReady(reader)
  await untilStarted(reader)
  await reader.evaluate(claimAll, links)
  await reader.evaluate(allSent)
  // As a device that knows what there is and has none of it.
  await reader.goto(`${host.url}/robots.txt`)
  await stopWorkers(reader)
  await reader.evaluate(forgetTexts)
  wire = listenIn(browsers[1]!.context())
  await reader.goto(`${host.url}/d/${documents[openNumber]}`)
}, 600_000)

afterAll(async () => {
  await Promise.all(browsers.map((browser) => browser.dispose()))
  await host.stop()
})

describe('two hundred documents', () => {
  test('come over one socket, the open one before the others', async () => {
    await until(() => complete().size === documentsCount)
    const order = [...complete()]
    // At most the four that are pulled at a time may be complete before it.
    expect(order.indexOf(documents[openNumber]!)).toBeLessThan(5)
    expect(wire.sockets).toBe(1)
  })

  test('lose one when its right is withdrawn, and the others go on', async () => {
    const link = /#k=([^.]+)\./.exec(links[5]!)![1]!
    await owner.evaluate(withdraw, { document: documents[5]!, link })
    await until(() => roleChanges().length > 0)
    await owner.evaluate(writeInto, { document: documents[6]!, text: 'Still going on. ' })
    await until(() =>
      wire.heard.some((message) => message.type === 'entry' && message.document === documents[6])
    )
    expect(roleChanges()).toEqual([{ type: 'role-changed', document: documents[5], role: null }])
  })

  test('open without a relay afterwards, with what was written while they were closed', async () => {
    await host.kill('SIGTERM')
    for (const [number, text] of [
      [6, 'Still going on. Line 6'],
      [openNumber, `Line ${openNumber}`],
      [199, 'Line 199']
    ] as const) {
      await reader.goto(`${host.url}/d/${documents[number]}`)
      await reader.waitForFunction(
        (title) =>
          document.querySelector<HTMLTextAreaElement>('meridian-title textarea')?.value === title,
        text
      )
    }
  })
})

function roleChanges(): readonly unknown[] {
  return wire.heard.filter((message) => message.type === 'role-changed')
}

/** Which of the two hundred have ended their catch-up, in that order. */
function complete(): ReadonlySet<string> {
  const ended = new Set<string>()
  for (const message of wire.heard) {
    if (message.type !== 'catch-up' || message.more) continue
    if (documents.includes(message.document)) ended.add(message.document)
  }
  return ended
}

/** Looks again after every frame of the reader's page. */
async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await reader.evaluate(() => new Promise(requestAnimationFrame))
}

/** A worker that still fetches what is new would fill again what is about to be cleared. */
async function stopWorkers(page: Page): Promise<void> {
  const session = await page.context().newCDPSession(page)
  await session.send('ServiceWorker.enable')
  await session.send('ServiceWorker.stopAllWorkers')
}

async function untilStarted(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'New document' }).first().waitFor()
}

// These run in the page.

// Twenty at a time: one alone spends its time waiting for commits and answers.
async function makeDocuments(count: number): Promise<string[]> {
  const { meridian } = document.querySelector('meridian-app') as unknown as App
  const make = async (number: number): Promise<string> => {
    const id = await meridian.library.create()
    const open = await meridian.open(id)
    open.replica.doc.getText('title').insert(0, `Line ${number}`)
    await open.close()
    return meridian.sharing.makeLink(id, 'editor')
  }
  const made: string[] = []
  while (made.length < count) {
    const numbers = Array.from({ length: 20 }, (_, index) => made.length + index)
    made.push(...(await Promise.all(numbers.map(make))))
  }
  return made
}

async function claimAll(all: readonly string[]): Promise<void> {
  const { meridian } = document.querySelector('meridian-app') as unknown as App
  const claim = ({ pathname, hash }: URL): Promise<string> => {
    const [link, secret] = hash.slice('#k='.length).split('.')
    return meridian.sharing.claim(pathname.split('/').at(-1)!, link!, secret!)
  }
  for (let first = 0; first < all.length; first += 20) {
    const links = all.slice(first, first + 20)
    await Promise.all(links.map((link) => claim(new URL(link))))
  }
}

async function withdraw(one: { document: string; link: string }): Promise<void> {
  const { meridian } = document.querySelector('meridian-app') as unknown as App
  await meridian.sharing.withdrawLink(one.document, one.link)
}

async function writeInto(one: { document: string; text: string }): Promise<void> {
  const { meridian } = document.querySelector('meridian-app') as unknown as App
  const open = await meridian.open(one.document)
  open.replica.doc.getText('title').insert(0, one.text)
  await open.replica.written()
  await open.close()
}

/** Resolves when the relay has acknowledged everything that was written on this device. */
function allSent(): Promise<void> {
  return new Promise((resolve, reject) => {
    const opening = indexedDB.open('meridian')
    opening.onerror = () => reject(new Error('The database did not open'))
    opening.onsuccess = () => {
      const look = (): void => {
        const transaction = opening.result.transaction(['outbox', 'sealed'])
        const counts = ['outbox', 'sealed'].map((name) => transaction.objectStore(name).count())
        transaction.oncomplete = () => {
          if (counts.some((count) => count.result > 0)) return void requestAnimationFrame(look)
          opening.result.close()
          resolve()
        }
      }
      look()
    }
  })
}

/** Updates and cursors go, the list of documents stays. */
function forgetTexts(): Promise<void> {
  return new Promise((resolve, reject) => {
    const opening = indexedDB.open('meridian')
    opening.onerror = () => reject(new Error('The database did not open'))
    opening.onsuccess = () => {
      const transaction = opening.result.transaction(['updates', 'channels'], 'readwrite')
      transaction.objectStore('updates').clear()
      transaction.objectStore('channels').clear()
      transaction.oncomplete = () => {
        opening.result.close()
        resolve()
      }
    }
  })
}

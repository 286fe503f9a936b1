// A new release of the app: it waits for the person, no tab that runs the old one is harmed, and none of
// what it writes is lost in one.
import { cp, rm } from 'node:fs/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Page } from 'playwright-core'
import { build, type Plugin } from 'vite'
import { startHost, type TestHost } from '../host'
import {
  makeDocument,
  shareLink,
  shown,
  startBrowser,
  typeAtEnd,
  untilEditable,
  untilOfflineReady,
  untilStatus,
  untilText,
  type TestBrowser
} from './bed'

const nextBuild = 'dist/next'

/** One more node and one more mark, as a later release may have them. */
const laterSchema: Plugin = {
  name: 'later-schema',
  transform(code, id) {
    if (id.endsWith('/app/editor/nodes.ts'))
      return replaced(code, 'horizontal_rule: keeping', callout)
    if (id.endsWith('/app/editor/marks.ts')) return replaced(code, 'kept: keptMark', highlight)
    return null
  }
}

const callout = `callout: {
  defining: true, content: 'block+', group: 'block', parseDOM: [{ tag: 'aside' }], toDOM: () => ['aside', 0]
}`
const highlight = `highlight: { parseDOM: [{ tag: 'mark' }], toDOM: () => ['mark', 0] }`

function replaced(code: string, before: string, addition: string): string {
  if (!code.includes(before)) throw new Error(`No ${before} in the schema`)
  return code.replace(before, `${addition},\n  ${before}`)
}

let host: TestHost
let browser: TestBrowser

beforeAll(async () => {
  host = await startHost()
  browser = await startBrowser()
  await build({
    configFile: 'vite.config.ts',
    logLevel: 'error',
    define: { __RELEASE__: JSON.stringify('next') },
    plugins: [laterSchema],
    build: { outDir: `../${nextBuild}/app` }
  })
  await cp('dist/host', `${nextBuild}/host`, { recursive: true })
  // A whole build, on a machine that may have others to do.
}, 600_000)

afterAll(async () => {
  await browser.dispose()
  await host.stop()
  await rm(nextBuild, { recursive: true, force: true })
})

test('waits in every tab, is taken when the person says so, and costs nobody a word', async () => {
  const first = await browser.open(host.url)
  await untilOfflineReady(first)
  const address = await makeDocument(first, host.url)
  await first.keyboard.type('Old words.')
  await untilStatus(first, 'Saved')
  const old = await releaseOf(first)

  await host.kill('SIGTERM')
  await host.restart(nextBuild)
  const second = await browser.open(address)
  await untilEditable(second)
  for (const tab of [first, second]) await tab.getByText('A new version is ready.').waitFor()
  expect([await releaseOf(first), await releaseOf(second)]).toEqual([old, old])

  await typeAtEnd(first, ' Words meanwhile.')
  await untilStatus(first, 'Saved')
  await untilText(second, 'Old words. Words meanwhile.')

  const reloaded = [first, second].map((tab) => tab.waitForEvent('load'))
  await typeAtEnd(first, ' Last words.')
  await second.getByRole('button', { name: 'Reload' }).click()
  await Promise.all(reloaded)
  for (const tab of [first, second]) {
    await untilEditable(tab)
    await untilText(tab, 'Old words. Words meanwhile. Last words.')
    expect(await releaseOf(tab)).not.toBe(old)
    expect(await tab.getByText('A new version is ready.').count()).toBe(0)
  }
})

test('writes what the old one does not know, and neither loses a word of the other', async () => {
  await host.kill('SIGTERM')
  await host.restart()
  const [adas, bens] = await Promise.all([startBrowser(), startBrowser()])
  try {
    const ada = await adas.open(host.url)
    await untilOfflineReady(ada)
    await makeDocument(ada, host.url)
    await ada.keyboard.type('Words of the old.')
    await untilStatus(ada, 'Saved')
    const link = await shareLink(ada, 'Can edit')
    const old = await releaseOf(ada)
    await host.kill('SIGTERM')
    await host.restart(nextBuild)

    // The old one is open, and the new one comes to it.
    const ben = await bens.open(link)
    await untilEditable(ben)
    await untilText(ben, 'Words of the old.')
    await pasteAtEnd(
      ben,
      '<p>Top</p><aside><p>Mind the <mark>tide</mark></p></aside><p>and <mark>wind</mark></p>'
    )
    await untilText(ada, 'Mind the tide')
    await untilText(ada, 'and wind')
    await ada.locator('.kept-block').click()
    await typeAtEnd(ada, ' by ada')
    await expectOneBody(ada, ben, 'by ada')

    // The new one has written, and the old one opens it.
    await makeDocument(ben, host.url)
    await pasteAtEnd(ben, '<p>Top</p><aside><p>Written before</p></aside><p>Below</p>')
    await untilStatus(ben, 'Saved')
    const late = await adas.open(await shareLink(ben, 'Can edit'))
    await untilEditable(late)
    expect([await releaseOf(ada), await releaseOf(late)]).toEqual([old, old])
    await untilText(late, 'Written before')
    await typeAtEnd(late, ' late')
    const body = await expectOneBody(late, ben, 'late')
    expect(body).toContain('<callout><paragraph>Written before</paragraph></callout>')
  } finally {
    await Promise.all([adas.dispose(), bens.dispose()])
  }
})

test('only reads what a later schema was written under, and says so', async () => {
  const ada = await browser.open(host.url)
  await makeDocument(ada, host.url)
  await ada.keyboard.type('Read me.')
  await untilStatus(ada, 'Saved')
  await ada.evaluate(noteLaterSchema)
  await ada.reload()
  await ada.getByText('A newer version of Meridian wrote in this document.').waitFor()
  await untilText(ada, 'Read me.')
  expect(await ada.locator('.ProseMirror').getAttribute('contenteditable')).toBe('false')
  expect(await ada.locator('meridian-toolbar').count()).toBe(0)
  await ada.close()
})

/** What this device would have kept of a relay's telling. */
function noteLaterSchema(): Promise<void> {
  const document = location.pathname.split('/').pop()
  return new Promise((resolve, reject) => {
    const opening = indexedDB.open('meridian')
    opening.onerror = () => reject(new Error('No database'))
    opening.onsuccess = () => {
      const transaction = opening.result.transaction('catalogue', 'readwrite')
      const rows = transaction.objectStore('catalogue')
      const reading = rows.get(document!)
      reading.onsuccess = () => rows.put({ ...reading.result, schemaMajor: 99 })
      transaction.oncomplete = () => resolve(opening.result.close())
      transaction.onerror = () => reject(new Error('Not noted'))
    }
  })
}

/** Both are saved and hold the same, with these words of the old release and the new one's own. */
async function expectOneBody(old: Page, next: Page, words: string): Promise<string> {
  await untilText(next, words)
  await untilStatus(old, 'Saved')
  await untilStatus(next, 'Saved')
  const [one, other] = await Promise.all([shown(old), shown(next)])
  expect(one.body).toBe(other.body)
  expect([one.invalid, other.invalid]).toEqual([null, null])
  expect(one.body).toContain('<callout>')
  return one.body
}

async function pasteAtEnd(page: Page, html: string): Promise<void> {
  await page.locator('.ProseMirror').focus()
  await page.keyboard.press('Control+End')
  await page.keyboard.press('Enter')
  await page.locator('.ProseMirror').evaluate((text, pasted) => {
    const clipboardData = new DataTransfer()
    clipboardData.setData('text/html', pasted)
    text.dispatchEvent(
      new ClipboardEvent('paste', { clipboardData, bubbles: true, cancelable: true })
    )
  }, html)
}

/** What tells the release that this tab runs from others: the name of its script. */
function releaseOf(page: Page): Promise<string> {
  return page.evaluate(() => document.querySelector<HTMLScriptElement>('script[type=module]')!.src)
}

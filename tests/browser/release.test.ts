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
const majorBuild = 'dist/major'

/** One more node and one more mark, as a later release may have them. */
const laterSchema: Plugin = {
  name: 'later-schema',
  transform(code, id) {
    if (id.endsWith('/app/editor/nodes.ts'))
      return before(code, 'horizontal_rule: keeping', callout)
    if (id.endsWith('/app/editor/marks.ts')) return before(code, 'kept: keptMark', highlight)
    return null
  }
}

const callout = `callout: {
  defining: true, content: 'block+', group: 'block', parseDOM: [{ tag: 'aside' }], toDOM: () => ['aside', 0]
}`
const highlight = `highlight: { parseDOM: [{ tag: 'mark' }], toDOM: () => ['mark', 0] }`

function before(code: string, what: string, addition: string): string {
  return replaced(code, what, `${addition},\n  ${what}`)
}

function replaced(code: string, what: string, by: string): string {
  if (!code.includes(what)) throw new Error(`No ${what} to be changed`)
  return code.replace(what, by)
}

/** What it writes older releases cannot keep. */
const laterMajor: Plugin = {
  name: 'later-major',
  enforce: 'pre',
  transform: (code, id) =>
    id.endsWith('/sync-api/protocol/version.ts')
      ? replaced(code, '{ major: 1,', '{ major: 2,')
      : null
}

let host: TestHost
let browser: TestBrowser

beforeAll(async () => {
  host = await startHost()
  browser = await startBrowser()
  await buildApp(nextBuild, [laterSchema])
  await cp('dist/host', `${nextBuild}/host`, { recursive: true })
  await buildApp(majorBuild, [laterSchema, laterMajor])
  await buildHost(majorBuild, [laterMajor])
  // Whole builds, on a machine that may have others to do.
}, 600_000)

afterAll(async () => {
  await browser.dispose()
  await host.stop()
  for (const made of [nextBuild, majorBuild]) await rm(made, { recursive: true, force: true })
})

function buildApp(folder: string, plugins: Plugin[]): Promise<unknown> {
  return build({
    configFile: 'vite.config.ts',
    logLevel: 'error',
    define: { __RELEASE__: JSON.stringify('next') },
    plugins,
    build: { outDir: `../${folder}/app` }
  })
}

/** Not with the project's own configuration, which also compresses the app that other tests are served. */
function buildHost(folder: string, plugins: Plugin[]): Promise<unknown> {
  return build({
    configFile: false,
    logLevel: 'error',
    plugins,
    build: {
      ssr: true,
      outDir: `${folder}/host`,
      target: 'node20',
      rolldownOptions: {
        input: {
          embedded: 'sync-api/hosts/embedded.ts',
          'fold-worker': 'sync-api/adapters/node/fold-worker.ts'
        }
      }
    }
  })
}

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

test('of a later schema is only read by the old one, whose words of before all land', async () => {
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

    // The old one goes on offline, and does not know what happens to the document meanwhile.
    await ada.context().setOffline(true)
    await host.kill('SIGTERM')
    await typeAtEnd(ada, ' Written offline.')
    await host.restart(majorBuild)
    const ben = await bens.open(link)
    await untilEditable(ben)
    await untilText(ben, 'Words of the old.')
    await pasteAtEnd(ben, '<p>Top</p><aside><p>Mind the tide</p></aside><p>Below</p>')
    await untilStatus(ben, 'Saved')

    await ada.context().setOffline(false)
    await ada.getByText('A newer version of Meridian wrote in this document.').waitFor()
    await untilText(ben, 'Words of the old. Written offline.')
    await untilText(ada, 'Mind the tide')
    await untilStatus(ada, 'Saved')
    expect(await ada.locator('.kept-block').count()).toBe(1)
    expect(await ada.locator('.ProseMirror').getAttribute('contenteditable')).toBe('false')
    expect(await ada.locator('meridian-toolbar').count()).toBe(0)

    // With the new release it is a document like any other.
    const reloaded = ada.waitForEvent('load')
    await ada.getByRole('button', { name: 'Reload' }).click()
    await reloaded
    await untilEditable(ada)
    await typeAtEnd(ada, ' by ada')
    const body = await expectOneBody(ada, ben, 'by ada')
    expect(body).toContain('<callout><paragraph>Mind the tide</paragraph></callout>')
    expect(await ada.locator('.kept-block').count()).toBe(0)
  } finally {
    await Promise.all([adas.dispose(), bens.dispose()])
  }
})

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

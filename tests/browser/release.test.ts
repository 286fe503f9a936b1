// A new release of the app: it waits for the person, and no tab that runs the old one is harmed.
import { cp, rm } from 'node:fs/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Page } from 'playwright-core'
import { build } from 'vite'
import { startHost, type TestHost } from '../host'
import {
  makeDocument,
  startBrowser,
  typeAtEnd,
  untilEditable,
  untilOfflineReady,
  untilStatus,
  untilText,
  type TestBrowser
} from './bed'

const nextBuild = 'dist/next'

let host: TestHost
let browser: TestBrowser

beforeAll(async () => {
  host = await startHost()
  browser = await startBrowser()
  await build({
    configFile: 'vite.config.ts',
    logLevel: 'error',
    define: { __RELEASE__: JSON.stringify('next') },
    build: { outDir: `../${nextBuild}/app` }
  })
  await cp('dist/host', `${nextBuild}/host`, { recursive: true })
})

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

/** What tells the release that this tab runs from others: the name of its script. */
function releaseOf(page: Page): Promise<string> {
  return page.evaluate(() => document.querySelector<HTMLScriptElement>('script[type=module]')!.src)
}

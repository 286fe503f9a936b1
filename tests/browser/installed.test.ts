// Installed like an app: nothing stands in the way, and it starts in a window of its own, also offline.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { CDPSession, Page } from 'playwright-core'
import { startHost, type TestHost } from '../host'
import {
  makeDocument,
  startBrowser,
  untilOfflineReady,
  untilStatus,
  untilText,
  type TestBrowser
} from './bed'

let host: TestHost
let ada: TestBrowser
let page: Page

beforeAll(async () => {
  host = await startHost()
  ada = await startBrowser()
  page = await ada.open(host.url)
  await untilOfflineReady(page)
  await makeDocument(page, host.url)
  await page.keyboard.type('At home in a window.')
  await untilStatus(page, 'Saved')
})

afterAll(async () => {
  await ada.dispose()
  await host.stop()
})

describe('the app', () => {
  test('has a manifest without errors and nothing that keeps it from being installed', async () => {
    const session = await ada.context().newCDPSession(page)
    const { errors } = await session.send('Page.getAppManifest')
    expect(errors).toEqual([])
    const { installabilityErrors } = await session.send('Page.getInstallabilityErrors')
    expect(installabilityErrors).toEqual([])
  })

  test('is installed and starts in a window of its own', async () => {
    const session = await browserSession()
    const manifestId = `${host.url}/`
    await send(session, 'PWA.install', { manifestId, installUrlOrBundleUrl: `${host.url}/` })
    await send(session, 'PWA.changeAppUserSettings', { manifestId, displayMode: 'standalone' })
    const app = await launch(session, manifestId)
    expect(await isStandalone(app)).toBe(true)
    await app.close()
  })

  test('starts with the relay stopped, and the document opens', async () => {
    await host.kill('SIGTERM')
    const app = await launch(await browserSession(), `${host.url}/`)
    expect(await isStandalone(app)).toBe(true)
    await app.locator('a[href^="/d/"]').first().click()
    await untilText(app, 'At home in a window.')
  })
})

async function launch(session: CDPSession, manifestId: string): Promise<Page> {
  const opening = ada.context().waitForEvent('page')
  await send(session, 'PWA.launch', { manifestId })
  const app = await opening
  await app.waitForLoadState('domcontentloaded')
  return app
}

function isStandalone(app: Page): Promise<boolean> {
  return app.evaluate(() => matchMedia('(display-mode: standalone)').matches)
}

async function browserSession(): Promise<CDPSession> {
  const browser = ada.context().browser()
  if (browser === null) throw new Error('The browser is gone')
  return browser.newBrowserCDPSession()
}

/** The PWA domain is newer than the types of this client. */
async function send(session: CDPSession, method: string, parameters: object): Promise<void> {
  const untyped = session as unknown as { send(method: string, parameters: object): Promise<void> }
  await untyped.send(method, parameters)
}

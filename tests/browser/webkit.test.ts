// WebKit, within one session (its driver keeps no profile): offline reload, and back to the others.
import { afterEach, expect, test } from 'vitest'
import { startHost } from '../host'
import { startBrowser, untilText } from './bed'
import { findBrowser } from './browsers.mjs'
import { joinByLink } from '../wire/reader'
import { openGate } from './gate'
import { startWebKit, type WebKit } from './webkit'

const stops: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const stop of stops.splice(0).reverse()) await stop()
})

const driver = findBrowser('webkit')

test.skipIf(driver === null)(
  'a document opens in a new tab without a relay, and what is written there reaches the other',
  async () => {
    const host = await startHost()
    stops.push(() => host.stop())
    const webkit = await startWebKit(driver!)
    stops.push(() => webkit.stop())

    await webkit.goto(`${host.url}/?action=new`)
    await untilEditable(webkit)
    await webkit.click('.ProseMirror')
    await webkit.type('Written online.')
    await untilHeld(webkit, 'Written online.')
    await untilStatus(webkit, 'Saved')
    await webkit.until(`return navigator.serviceWorker.controller !== null`)
    const address = await webkit.run<string>('return location.href')
    const link = await makeLink(webkit)
    const chromium = await startBrowser()
    stops.push(() => chromium.dispose())
    const other = await chromium.open(link)
    await untilText(other, 'Written online.')

    await host.kill('SIGTERM')
    const tab = await webkit.openTab()
    await webkit.closeTab()
    await webkit.switchTo(tab)
    await webkit.goto(address)
    await untilHeld(webkit, 'Written online.')
    await webkit.click('.ProseMirror')
    await webkit.type('Offline words. ')
    await untilStatus(webkit, 'Offline, saved on this device')

    await host.restart()
    await untilText(other, 'Offline words.')
    await untilStatus(webkit, 'Saved')
    expect(await other.locator('.ProseMirror').textContent()).toContain('Written online.')
  }
)

test.skipIf(driver === null)(
  'WebKit, which never calls by itself, sends what waits as its tab is closed',
  async () => {
    const host = await startHost()
    stops.push(() => host.stop())
    const gate = await openGate(host.port)
    stops.push(() => gate.stop())
    const webkit = await startWebKit(driver!)
    stops.push(() => webkit.stop())
    await webkit.goto(`${gate.url}/?action=new`)
    await untilEditable(webkit)
    await webkit.click('.ProseMirror')
    await webkit.type('Written online. ')
    await untilStatus(webkit, 'Saved')
    await webkit.until(`return navigator.serviceWorker.controller !== null`)
    const reader = await joinByLink((await makeLink(webkit)).replace(gate.url, host.url))
    const other = await webkit.openTab()

    // The page itself has no way left; the worker's calls have.
    gate.refuseSockets()
    await webkit.type('Left behind.')
    await untilStatus(webkit, 'Offline, saved on this device')
    expect(await reader.text()).toBe('Written online. ')
    await webkit.closeTab()
    await webkit.switchTo(other)
    while ((await reader.text()) !== 'Written online. Left behind.');
  }
)

function untilEditable(webkit: WebKit): Promise<boolean> {
  return webkit.until(
    `return document.querySelector('.ProseMirror[contenteditable="true"]') !== null`
  )
}

function untilStatus(webkit: WebKit, label: string): Promise<boolean> {
  return webkit.until(
    `return document.querySelector('meridian-status .words')?.textContent === arguments[0]`,
    label
  )
}

function untilHeld(webkit: WebKit, text: string): Promise<boolean> {
  return webkit.until(
    `return document.querySelector('.ProseMirror')?.textContent.includes(arguments[0])`,
    text
  )
}

/** Through the page's own object: the share dialog is proven in the other browsers. */
async function makeLink(webkit: WebKit): Promise<string> {
  await webkit.run(`
    const app = document.querySelector('meridian-app')
    const id = location.pathname.split('/').pop()
    app.meridian.sharing.makeLink(id, 'editor').then((link) => { app.dataset.link = link })
  `)
  return webkit.until<string>(`return document.querySelector('meridian-app').dataset.link`)
}

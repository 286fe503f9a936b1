// The browser, and with it often the relay, is killed while somebody types: what the screen had called
// safe is there when the browser starts again without a network.
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { Page } from 'playwright-core'
import { startHost, type TestHost } from '../host'
import { createChance, type Chance } from '../simulation/chance'
import { joinByLink } from '../wire/reader'
import {
  makeDocument,
  shareLink,
  startBrowser,
  untilEditable,
  untilOfflineReady,
  untilStatus,
  type BrowserKind,
  type TestBrowser
} from './bed'
import { findBrowser } from './browsers.mjs'
import { openGate, type Gate } from './gate'
import { promiseOf, seenOn, type Seen } from './promise'

/** `MERIDIAN_BROWSER_KILLS=30` kills as often as that, over both browsers. */
const kills = Number(process.env['MERIDIAN_BROWSER_KILLS'] ?? 8)
/** `MERIDIAN_SEED` makes another choice of moments. */
const seed = Number(process.env['MERIDIAN_SEED'] ?? 20_261_125)

/** Looks at the screen before a kill, at most: a look takes about as long as a key. */
const looksMax = 60

let host: TestHost
let gate: Gate
beforeEach(async () => {
  host = await startHost()
  gate = await openGate(host.port)
})
afterEach(async () => {
  await gate.stop()
  await host.stop()
})

const ofChromium = Math.ceil(kills * 0.6)
const shares: readonly [BrowserKind, number][] = [
  ['chromium', ofChromium],
  ['firefox', kills - ofChromium]
]

describe.each(shares)('%s', (kind, times) => {
  test.skipIf(findBrowser(kind) === null)(
    `keeps what it had shown as saved through ${times} kills while somebody types, once each`,
    async () => {
      const browser = await startBrowser(kind)
      try {
        await killAgainAndAgain(browser, times)
      } finally {
        await browser.dispose()
      }
    },
    60_000 + kills * 60_000
  )
})

async function killAgainAndAgain(browser: TestBrowser, times: number): Promise<void> {
  const chance = createChance(seed)
  let page = await browser.open(gate.url)
  await untilOfflineReady(page)
  const address = await makeDocument(page, gate.url)
  const reader = await joinByLink(await shareLink(page, 'Can edit'))
  let typed = ''
  for (let kill = 1; kill <= times; kill++) {
    const { keys, seen } = await typeAndKill(browser, page, chance, kill)
    // Read before the browser can send anything again.
    const relayHas = await reader.text()
    gate.cut()
    await browser.restart()
    page = await browser.open(address)
    await untilEditable(page)
    const { text } = await seenOn(page)
    const promised = promiseOf(seen)
    const where = `seed ${seed}, kill ${kill}, after ${seen.length} looks`
    expect(text, `${where}, on the device`).toSatisfy(startsWith(promised.onDevice))
    expect(relayHas, `${where}, at the relay`).toSatisfy(startsWith(promised.atRelay))
    expect(typed + keys, `${where}, typed`).toSatisfy(startsWith(text))
    typed = text
    gate.mend()
  }
  await untilStatus(page, 'Saved')
  expect(await reader.text()).toBe((await seenOn(page)).text)
}

const startsWith =
  (beginning: string) =>
  (text: string): boolean =>
    text.startsWith(beginning)

/**
 * Types and looks at the screen, both as fast as they go, and kills after a random number of looks:
 * the browser alone, with a relay or without one, or both. In the end the relay is there again.
 */
async function typeAndKill(
  browser: TestBrowser,
  page: Page,
  chance: Chance,
  kill: number
): Promise<{ keys: string; seen: readonly Seen[] }> {
  const relay = chance.pick(['stays', 'is out of reach', 'dies too'])
  if (relay === 'is out of reach') gate.cut()
  await page.locator('.ProseMirror').focus()
  await page.keyboard.press('Control+End')
  const seen: Seen[] = [await seenOn(page)]
  let keys = ''
  const typeOn = async (): Promise<never> => {
    for (let n = 1; ; n++) {
      for (const key of `k${kill}.${n} `) {
        keys += key
        await page.keyboard.press(key === ' ' ? 'Space' : key)
      }
    }
  }
  const typing = untilClosed(typeOn())
  const looks = chance.below(looksMax)
  for (let look = 0; look < looks; look++) seen.push(await seenOn(page))
  await Promise.all([browser.kill(), relay === 'dies too' ? host.kill('SIGKILL') : null])
  await typing
  if (relay === 'dies too') await host.restart()
  gate.mend()
  return { keys, seen }
}

/** The end of the browser ends the typing; anything else is a failure. */
async function untilClosed(typing: Promise<never>): Promise<void> {
  const [{ reason }] = (await Promise.allSettled([typing])) as [PromiseRejectedResult]
  if (!String(reason).includes('closed')) throw reason
}

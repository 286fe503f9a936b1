// The first moment of a new document: whoever writes at once loses nothing to a screen still arriving.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startHost, type TestHost } from '../host'
import { startBrowser, type TestBrowser } from './bed'

let host: TestHost
let browser: TestBrowser

beforeAll(async () => {
  host = await startHost()
  browser = await startBrowser()
})

afterAll(async () => {
  await browser.dispose()
  await host.stop()
})

test('the caret stays where one writes, however late the next frame is', async () => {
  const page = await browser.open(host.url)
  await page.evaluate(holdFrames)
  await page.getByRole('button', { name: 'New document' }).first().click()
  const text = page.locator('.ProseMirror')
  await page.locator('.ProseMirror-focused').waitFor()
  await page.keyboard.type('One ')
  await page.evaluate(() => window.dispatchEvent(new Event('release-frames')))
  await page.keyboard.type('two.')
  expect(await text.textContent()).toBe('One two.')
})

// Runs in the page. What waits for the next frame waits until `release-frames`.
function holdFrames(): void {
  const next = window.requestAnimationFrame.bind(window)
  const held: FrameRequestCallback[] = []
  window.requestAnimationFrame = (callback) => held.push(callback)
  const release = (): void => {
    window.requestAnimationFrame = next
    for (const callback of held) callback(performance.now())
  }
  window.addEventListener('release-frames', release, { once: true })
}

// Who may do what: a link that only lets read, a link withdrawn, an editor demoted while writing.
import { afterEach, describe, expect, test } from 'vitest'
import type { Page } from 'playwright-core'
import type { ServerMessage } from '../../sync-api/protocol/messages'
import { startHost, type TestHost } from '../host'
import {
  makeDocument,
  shareLink,
  startBrowser,
  typeAtEnd,
  untilEditable,
  untilStatus,
  untilText,
  type TestBrowser
} from './bed'
import { listenIn } from './frames'

const stops: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const stop of stops.splice(0).reverse()) await stop()
})

describe('a link that lets read', () => {
  test('shows the text and every change at once, and takes no keys', async () => {
    const { owner, visitor } = await visited('Can read')
    await untilText(visitor, 'For your eyes.')
    await visitor.getByText('You can read this document.').waitFor()
    expect(await visitor.locator('[contenteditable="true"]').count()).toBe(0)
    expect(await visitor.locator('meridian-toolbar').count()).toBe(0)
    expect(await visitor.getByRole('button', { name: 'Share' }).count()).toBe(0)

    await visitor.locator('.ProseMirror').click()
    await visitor.keyboard.type('Mine.')
    await typeAtEnd(owner, ' And more.')
    await untilText(visitor, 'For your eyes. And more.')
    expect(await visitor.locator('.ProseMirror').textContent()).not.toContain('Mine.')
  })

  test('when it is withdrawn, the open page says so and later edits do not reach it', async () => {
    const { owner, visitor, visitorBrowser } = await visited('Can read')
    await untilText(visitor, 'For your eyes.')
    const { heard } = listenIn(visitorBrowser.context())
    await visitor.reload()
    await untilText(visitor, 'For your eyes.')
    await typeAtEnd(owner, ' Still.')
    await untilText(visitor, 'For your eyes. Still.')
    // What is on the page was heard: silence, later, is the relay's and not the listener's.
    await untilHeard(visitor, heard, 0, ['entry', 'catch-up'])

    await openSharing(owner)
    await owner.getByRole('button', { name: /^Withdraw the link/ }).click()
    await visitor.getByRole('heading', { name: 'This document is not open to you' }).waitFor()
    await closeSharing(owner)

    const before = heard.length
    await typeAtEnd(owner, ' No longer.')
    await untilStatus(owner, 'Saved')
    // A whole new conversation after the edit: whatever the relay would give is there by its end.
    await visitor.reload()
    await visitor.getByRole('heading', { name: 'This document is not open to you' }).waitFor()
    await untilHeard(visitor, heard, before, ['subscribed'])
    const document = new URL(visitor.url()).pathname.split('/').at(-1)
    const later = heard.slice(before).filter(({ type }) => type === 'entry' || type === 'catch-up')
    expect(
      later.filter((message) => 'document' in message && message.document === document)
    ).toEqual([])
  })
})

test('an editor demoted while typing keeps the refused words and makes a document of them', async () => {
  const { host, owner, visitor } = await visited('Can edit')
  await untilEditable(visitor)
  await typeAtEnd(visitor, ' Welcome words.')
  await untilText(owner, 'Welcome words.')
  await untilStatus(visitor, 'Saved')

  // The relay decides while the words are under way to it: they come too late.
  await visitor.context().setOffline(true)
  await host.kill('SIGTERM')
  await untilStatus(visitor, 'Offline')
  await typeAtEnd(visitor, ' Refused words.')
  await untilStatus(visitor, 'Offline, saved on this device')
  await host.restart()
  await untilStatus(owner, 'Saved')
  await openSharing(owner)
  await owner.getByLabel(/^What .* can do$/).selectOption({ label: 'can read' })
  await owner.waitForFunction(() => {
    const choice = document.querySelector<HTMLSelectElement>('meridian-share select')
    return choice?.value === 'viewer' && !choice.disabled
  })
  await visitor.context().setOffline(false)

  await visitor.getByText('You can read this document.').waitFor()
  const demoted = visitor.url()
  await visitor.getByRole('button', { name: 'Make a document of them' }).click()
  await visitor.waitForFunction((old) => location.href !== old, demoted)
  await untilEditable(visitor)
  await untilText(visitor, 'For your eyes. Welcome words. Refused words.')
  await untilStatus(visitor, 'Saved')
  expect(await owner.locator('.ProseMirror').textContent()).not.toContain('Refused')
})

/** An owner's document with a line of text, and somebody who opened its link. */
async function visited(role: 'Can read' | 'Can edit'): Promise<{
  host: TestHost
  owner: Page
  visitor: Page
  visitorBrowser: TestBrowser
}> {
  const host = await startHost()
  stops.push(() => host.stop())
  const [ownerBrowser, visitorBrowser] = await Promise.all([begin(), begin()])
  const owner = await ownerBrowser.open(host.url)
  await makeDocument(owner, host.url)
  await owner.keyboard.type('For your eyes.')
  await untilStatus(owner, 'Saved')
  const visitor = await visitorBrowser.open(await shareLink(owner, role))
  return { host, owner, visitor, visitorBrowser }
}

async function begin(): Promise<TestBrowser> {
  const browser = await startBrowser()
  stops.push(() => browser.dispose())
  return browser
}

async function openSharing(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Share' }).click()
}

async function closeSharing(page: Page): Promise<void> {
  await page.getByRole('dialog').getByRole('button', { name: 'Close' }).click()
}

/** Resolves when the relay has said something of these types after the first `from` messages. */
async function untilHeard(
  page: Page,
  heard: readonly ServerMessage[],
  from: number,
  types: readonly ServerMessage['type'][]
): Promise<void> {
  while (!heard.slice(from).some(({ type }) => types.includes(type))) {
    await page.evaluate(() => new Promise(requestAnimationFrame))
  }
}

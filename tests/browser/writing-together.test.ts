// Two people in two browsers write in one document at once.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Page } from 'playwright-core'
import { startHost, type TestHost } from '../host'
import {
  makeDocument,
  shareLink,
  startBrowser,
  typeAtEnd,
  untilEditable,
  untilEqual,
  untilStatus,
  untilText,
  type TestBrowser
} from './bed'
import { holdSocket, type HeldSocket } from './held-socket'

let host: TestHost
let browsers: TestBrowser[]
let ada: Page
let ben: Page
let adasSocket: HeldSocket
let bensSocket: HeldSocket

beforeAll(async () => {
  host = await startHost()
  browsers = await Promise.all([startBrowser(), startBrowser()])
  ada = await browsers[0]!.context().newPage()
  ben = await browsers[1]!.context().newPage()
  adasSocket = await holdSocket(ada)
  bensSocket = await holdSocket(ben)
  await makeDocument(ada, host.url)
  await ben.goto(await shareLink(ada, 'Can edit'))
  await untilEditable(ben)
})

afterAll(async () => {
  await Promise.all(browsers.map((browser) => browser.dispose()))
  await host.stop()
})

describe('two people in one document', () => {
  test('what one writes appears to the other, and both read saved', async () => {
    await typeAtEnd(ada, 'The first line, by Ada.')
    await untilText(ben, 'by Ada.')
    await untilStatus(ada, 'Saved')
    await untilStatus(ben, 'Saved')
  })

  test('each sees the caret of the other, with a name', async () => {
    await ben.locator('.ProseMirror').focus()
    await ben.keyboard.press('Control+Home')
    await ada.locator('.remote-caret-name').waitFor({ state: 'attached' })
    expect(await ada.locator('.remote-caret-name').textContent()).not.toBe('')
  })

  test('both type in the same paragraph at once and end with the same text', async () => {
    await Promise.all([
      typeAtEnd(ada, ' aaaaaaaaaaaaaaaaaaaaaaaaaaaaaa'),
      typeAtEnd(ben, ' bbbbbbbbbbbbbbbbbbbbbbbbbbbbbb')
    ])
    const end = await untilEqual(
      [ada, ben],
      ({ text }) => count(text, 'a') + count(text, 'b') >= 60
    )
    expect(end.invalid).toBeNull()
    expect(count(end.text, 'b')).toBeGreaterThanOrEqual(30)
  })

  test('bold over words into which the other writes: both survive', async () => {
    await ada.keyboard.press('Control+End')
    await ada.keyboard.press('Enter')
    await ada.keyboard.type('bold here')
    await untilText(ben, 'bold here')
    await Promise.all([
      (async () => {
        await ada.keyboard.press('Shift+Home')
        await ada.keyboard.press('Control+b')
      })(),
      typeAtEnd(ben, ' and more')
    ])
    const end = await untilEqual(
      [ada, ben],
      ({ body, text }) => body.includes('bold') && text.includes('bold here and more')
    )
    expect(end.invalid).toBeNull()
    expect(end.document).toContain('"type":"bold"')
  })

  test('one makes a list of a paragraph that the other splits', async () => {
    await typeAtEnd(ada, '\n')
    await ada.keyboard.type('one two')
    await untilText(ben, 'one two')
    await Promise.all([
      ada.keyboard.press('Control+Shift+8'),
      (async () => {
        await ben.locator('.ProseMirror').focus()
        await ben.keyboard.press('Control+End')
        await ben.keyboard.press('Enter')
        await ben.keyboard.type('three')
      })()
    ])
    const end = await untilEqual([ada, ben], ({ text }) => text.includes('three'))
    expect(end.invalid).toBeNull()
  })

  test('words written into a paragraph of which the other makes a list stay, and so does the caret', async () => {
    await typeAtEnd(ada, '\n\n')
    await ada.keyboard.type('for tea')
    await untilText(ben, 'for tea')
    // Neither hears the other.
    adasSocket.hold()
    bensSocket.hold()
    await ada.keyboard.press('Control+Shift+7')
    await typeAtEnd(ben, ' and cake')
    await ben.keyboard.press('Control+ArrowLeft')
    adasSocket.letGo()
    bensSocket.letGo()
    await untilEqual([ada, ben], ({ text }) => text.includes('for tea and cake'))
    await ben.keyboard.type('no ')
    const end = await untilEqual([ada, ben], ({ text }) => text.includes('for tea and no cake'))
    expect(end.invalid).toBeNull()
    expect(end.body).toContain('<ordered_list')
    await untilStatus(ada, 'Saved')
    await untilStatus(ben, 'Saved')
  })

  test('and they come back with whoever wrote them, who had gone', async () => {
    await typeAtEnd(ada, '\n\n')
    await ada.keyboard.type('to do')
    await untilText(ben, 'to do')
    adasSocket.hold()
    await typeAtEnd(ben, ' tomorrow')
    await untilStatus(ben, 'Saved')
    const address = ben.url()
    await ben.close()
    await ada.keyboard.press('Control+Shift+8')
    adasSocket.letGo()
    await untilStatus(ada, 'Saved')
    ben = await browsers[1]!.context().newPage()
    await ben.goto(address)
    await untilEditable(ben)
    const end = await untilEqual([ada, ben], ({ text }) => text.includes('to do tomorrow'))
    expect(end.invalid).toBeNull()
  })

  test('undo takes back what one wrote oneself, and nothing of the other', async () => {
    await typeAtEnd(ben, 'BEN')
    await untilText(ada, 'BEN')
    await typeAtEnd(ada, 'ADA')
    await untilText(ben, 'ADA')
    await ada.keyboard.press('Control+z')
    const end = await untilEqual([ada, ben], ({ text }) => !text.includes('ADA'))
    expect(end.text).toContain('BEN')
  })
})

function count(text: string, letter: string): number {
  return text.split(letter).length - 1
}

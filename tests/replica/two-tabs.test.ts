// Two tabs of one browser on the same document.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Notice } from '../../app/store/notices'
import { createBrowser, titleOf } from './browser'

describe('two tabs', () => {
  test('come to the same text whatever they type and whenever they hear of it', async () => {
    const step = fc.record({
      tab: fc.nat(1),
      at: fc.nat(100),
      text: fc.string({ minLength: 1, maxLength: 4 }),
      remove: fc.boolean(),
      deliver: fc.nat(3)
    })
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 25 }), async (steps) => {
        const waiting: (() => void)[] = []
        const browser = createBrowser((hear) => waiting.push(hear))
        const tabs = [await browser.open(), await browser.open()]
        for (const { tab, at, text, remove, deliver } of steps) {
          const title = tabs[tab]!.doc.getText('title')
          tabs[tab]!.doc.transact(() => {
            if (remove && title.length > 0) title.delete(at % title.length, 1)
            else title.insert(at % (title.length + 1), text)
          }, {})
          await browser.time.advance(30)
          for (const hear of waiting.splice(0, deliver)) hear()
        }
        await browser.time.advance(1_000)
        while (waiting.length > 0) waiting.shift()!()
        expect(titleOf(tabs[0]!)).toBe(titleOf(tabs[1]!))
        expect(titleOf(await browser.open())).toBe(titleOf(tabs[0]!))
        for (const tab of tabs) await tab.close()
      }),
      { numRuns: 30 }
    )
  })

  test('see each other, and a tab that closes is gone', async () => {
    const browser = createBrowser()
    const one = await browser.open()
    const other = await browser.open()
    one.awareness.setLocalStateField('user', { name: 'Ada' })
    expect(other.awareness.getStates().get(one.doc.clientID)).toMatchObject({
      user: { name: 'Ada' }
    })
    await one.close()
    expect(other.awareness.getStates().has(one.doc.clientID)).toBe(false)
  })

  test('say who is there when they are asked', async () => {
    const browser = createBrowser()
    const one = await browser.open()
    one.awareness.setLocalStateField('user', { name: 'Ada' })
    const heard: Notice[] = []
    const leader = browser.hub()
    leader.listen((notice) => heard.push(notice))
    leader.tell({ kind: 'who-is-there' })
    expect(heard.filter((notice) => notice.kind === 'present')).toHaveLength(1)
  })
})

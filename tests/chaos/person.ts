// Somebody who types numbered words into a paragraph of their own, in whichever tab there is.
import type { Page } from 'playwright-core'
import { untilEditable, untilStatus, type TestBrowser } from '../browser/bed'
import type { Gate } from '../browser/gate'
import { isSafe, isSafeAtRelay, seenOn } from '../browser/promise'

export type Person = {
  readonly name: string
  readonly browser: TestBrowser
  readonly gate: Gate
  /** The tab in use; null while there is none. */
  page(): Page | null
  /** Opens the document in a new tab and puts the caret into the person's paragraph. */
  open(address: string): Promise<void>
  /** From now on there is no tab: whatever the typing does next may fail. */
  leave(): void
  /** Types the next word and looks at the screen. */
  typeWord(): Promise<void>
  /** Words typed so far; the numbers of those called safe on the device, and by the relay. */
  typed(): number
  keys(): number
  safe(): ReadonlySet<number>
  acknowledged(): ReadonlySet<number>
  /** Resolves when the status line says that everything is saved. */
  untilSaved(): Promise<void>
}

/** How long a key takes, ms: a fast typist, so that somebody who watches can follow. */
const keyMs = 40

/** How long anything may take that is waited for, ms: reconnecting backs off, a machine is busy. */
const patienceMs = 180_000

export function createPerson(
  name: string,
  paragraph: number,
  browser: TestBrowser,
  gate: Gate
): Person {
  const letter = name[0]!.toLowerCase()
  const safe = new Set<number>()
  const acknowledged = new Set<number>()
  let page: Page | null = null
  let words = 0
  let keys = 0

  async function look(at: Page): Promise<void> {
    const { label, text } = await seenOn(at)
    for (const word of wordsOf(letter, text)) {
      if (isSafe(label)) safe.add(word)
      if (isSafeAtRelay(label)) acknowledged.add(word)
    }
  }

  return {
    name,
    browser,
    gate,
    page: () => page,
    async open(address) {
      const tab = await browser.open(address)
      tab.setDefaultTimeout(patienceMs)
      await untilEditable(tab)
      await tab.locator('.ProseMirror > p').nth(paragraph).waitFor()
      page = tab
    },
    leave() {
      page = null
    },
    async typeWord() {
      const tab = page
      if (tab === null) return
      words += 1
      const word = `${letter}${words}; `
      try {
        await tab.evaluate(putCaret, paragraph)
        keys += word.length
        await tab.keyboard.type(word, { delay: keyMs })
        await look(tab)
      } catch (cause) {
        // Taken away under the fingers, as it was meant to be.
        if (page === tab) throw cause
      }
    },
    typed: () => words,
    keys: () => keys,
    safe: () => safe,
    acknowledged: () => acknowledged,
    async untilSaved() {
      if (page === null) throw new Error(`${name} has no tab`)
      await untilStatus(page, 'Saved')
      await look(page)
    }
  }
}

/** Numbers of the whole words of one person, in the order they stand in. */
export function wordsOf(letter: string, text: string): number[] {
  return [...text.matchAll(new RegExp(`${letter}(\\d+);`, 'g'))].map(([, number]) => Number(number))
}

// Runs in the page: at the end of a paragraph, which the End key does not find in a long one.
function putCaret(paragraph: number): void {
  const text = document.querySelector<HTMLElement>('.ProseMirror')!
  text.focus()
  const block = text.querySelectorAll(':scope > p')[paragraph]!
  const range = document.createRange()
  range.selectNodeContents(block)
  range.collapse(false)
  const selection = getSelection()!
  selection.removeAllRanges()
  selection.addRange(range)
}

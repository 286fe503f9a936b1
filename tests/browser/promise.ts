// What a tab's status line promises about the text beside it, read both at once.
import type { Page } from 'playwright-core'

/** One look at the screen. */
export type Seen = { readonly label: string; readonly text: string }

/** Reads words and text in one turn of the page, so that they belong together. */
export function seenOn(page: Page): Promise<Seen> {
  return page.evaluate(() => {
    const text = document.querySelector('.ProseMirror')?.cloneNode(true) as HTMLElement | undefined
    for (const caret of text?.querySelectorAll('.remote-caret') ?? []) caret.remove()
    return {
      label: document.querySelector('meridian-status .words')?.textContent ?? '',
      text: (text?.textContent ?? '').replaceAll('\u00a0', ' ')
    }
  })
}

/** Labels that say the relay has it, and this device too. */
const safeEverywhere = ['Saved', 'Offline', 'Catching up…']

const safeOnDevice = [
  ...safeEverywhere,
  'Saved on this device',
  'Offline, saved on this device',
  'Relay not answering'
]

const safeAtRelay = [...safeEverywhere, 'Saved, not on this device']

/** Whether a label says that what stands beside it outlives this tab on this device. */
export function isSafe(label: string): boolean {
  return safeOnDevice.includes(label)
}

/** Whether it says that the relay has it. */
export function isSafeAtRelay(label: string): boolean {
  return safeAtRelay.includes(label)
}

/** The longest text that was called safe, where text only ever grows at its end. */
export function promiseOf(seen: readonly Seen[]): { onDevice: string; atRelay: string } {
  const last = (isSuch: (label: string) => boolean): string =>
    seen.findLast(({ label }) => isSuch(label))?.text ?? ''
  return { onDevice: last(isSafe), atRelay: last(isSafeAtRelay) }
}

// What a failed test leaves behind for whoever looks for the cause.
import type { Page } from 'playwright-core'

/** One paragraph for each tab: what it shows, what it says of its safety, who syncs. */
export async function evidenceOf(pages: readonly Page[]): Promise<string> {
  const told = await Promise.all(
    pages.map(async (page, at) => `tab ${at} ${page.url()}: ${await page.evaluate(readEvidence)}`)
  )
  return `${told.join('\n')}\n`
}

// Runs in the page.
async function readEvidence(): Promise<string> {
  const words = (element: Element | null): string =>
    element?.textContent?.replace(/\s+/g, ' ').trim() ?? 'nothing'
  const { held = [], pending = [] } = await navigator.locks.query()
  const locks = (all: LockInfo[]): string =>
    all.map(({ name, clientId }) => `${name} (${clientId?.slice(0, 4)})`).join(', ')
  return [
    `${document.visibilityState}, shows “${words(document.querySelector('.ProseMirror'))}”`,
    `says “${words(document.querySelector('meridian-status'))}”`,
    `locks held: ${locks(held)}; waited for: ${locks(pending)}`
  ].join('; ')
}

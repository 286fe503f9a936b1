// The test bed of the app: real browsers on real profiles, and what a person does in them.
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { chromium, firefox, type BrowserContext, type Page } from 'playwright-core'
import { killProcessOf } from './browser-process'
import { findBrowser } from './browsers.mjs'

export type BrowserKind = 'chromium' | 'firefox'

/** One person's browser: its profile outlives the process, as on a real machine. */
export type TestBrowser = {
  readonly kind: BrowserKind
  /** The folder of its profile. */
  readonly profile: string
  /** Of the process now running. */
  context(): BrowserContext
  /** A tab at this address, when it has loaded. */
  open(url: string): Promise<Page>
  /** Ends the process as a person closes it. */
  close(): Promise<void>
  /** Ends the process and all its children at once, as a power button does. */
  kill(): Promise<void>
  /** Starts a new process on the same profile. */
  restart(): Promise<void>
  /** Closes it and removes the profile. */
  dispose(): Promise<void>
}

export type BrowserSetup = {
  /** What starts it in the place of its own command. */
  readonly command?: string
  /** More arguments; for Chromium. */
  readonly args?: readonly string[]
  /** Whether it has no window; true unless somebody shall watch. */
  readonly headless?: boolean
}

/** Starts a browser with an empty profile. */
export async function startBrowser(
  kind: BrowserKind = 'chromium',
  setup: BrowserSetup = {}
): Promise<TestBrowser> {
  const profile = await mkdtemp(join(tmpdir(), `meridian-${kind}-`))
  let context = await launch(kind, profile, setup)
  return {
    kind,
    profile,
    context: () => context,
    async open(url) {
      const page = await context.newPage()
      await page.goto(url, { waitUntil: 'domcontentloaded' })
      return page
    },
    close: () => context.close(),
    async kill() {
      const closed = new Promise((resolve) => context.once('close', resolve))
      await killProcessOf(profile)
      await closed
    },
    async restart() {
      context = await launch(kind, profile, setup)
    },
    async dispose() {
      await context.close()
      await rm(profile, { recursive: true, force: true, maxRetries: 5 })
    }
  }
}

function launch(
  kind: BrowserKind,
  profile: string,
  { command, args = [], headless = true }: BrowserSetup
): Promise<BrowserContext> {
  const executablePath = command ?? findBrowser(kind) ?? undefined
  if (executablePath === undefined) throw new Error(`No ${kind} on this machine`)
  const options = { executablePath, headless, viewport: { width: 1280, height: 800 } }
  return kind === 'chromium'
    ? chromium.launchPersistentContext(profile, {
        ...options,
        args: [...chromiumArguments, ...args]
      })
    : firefox.launchPersistentContext(profile, {
        ...options,
        channel: 'moz-firefox',
        firefoxUserPrefs: firefoxPreferences
      })
}

// Nothing of the browser's own on the network: its look-ups would be refused many at a time.
const chromiumArguments = [
  '--disable-quic',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--no-first-run'
]

const firefoxPreferences = {
  // `persist()` answers instead of waiting for somebody to click.
  'dom.storageManager.prompt.testing': true,
  'dom.storageManager.prompt.testing.allow': true,
  // After a few kills it would ask whether to start in safe mode.
  'toolkit.startup.max_resumed_crashes': -1
}

/** Makes a document from the library, and answers its address. The caret stands in its text. */
export async function makeDocument(page: Page, url: string): Promise<string> {
  await page.goto(`${url}/`)
  await page.getByRole('button', { name: 'New document' }).first().click()
  await untilEditable(page)
  return page.url()
}

/** Resolves when the text of the document is there and takes keys; rejects with what is there instead. */
export async function untilEditable(page: Page): Promise<void> {
  try {
    await page.locator('.ProseMirror[contenteditable="true"]').waitFor()
  } catch (cause) {
    const shows = await page.locator('body').innerText()
    throw new Error(`${page.url()} shows no document to edit but:\n${shows}`, { cause })
  }
}

/** Puts the caret at the end of the text and types, key by key. */
export async function typeAtEnd(page: Page, text: string): Promise<void> {
  await page.locator('.ProseMirror').focus()
  await page.keyboard.press('Control+End')
  await page.keyboard.type(text)
}

/** What an open document holds, by each of its representations. */
export type Shown = {
  /** The shared type, as XML. */
  readonly body: string
  readonly title: string
  /** ProseMirror's document as JSON text. */
  readonly document: string
  /** What the page shows, without the carets of others. */
  readonly text: string
  /** Why ProseMirror's document breaks the schema; null when it does not. */
  readonly invalid: string | null
}

/** Reads the document a tab shows, through the elements on the page. */
export function shown(page: Page): Promise<Shown> {
  return page.evaluate(readShown)
}

/** Less than any test may take: one that waits in vain says what it saw. */
export const waitMs = 240_000

/** Resolves when the tabs show the same document, which `holds` accepts; rejects with what they show. */
export async function untilEqual(
  pages: readonly Page[],
  holds: (shown: Shown) => boolean = () => true
): Promise<Shown> {
  const until = performance.now() + waitMs
  for (;;) {
    const all = await Promise.all(pages.map(shown))
    const [first] = all
    if (first === undefined) throw new Error('No page to compare')
    const texts = all.map((one) => JSON.stringify(one))
    const equal = texts.every((text) => text === texts[0])
    if (equal && holds(first)) return first
    if (performance.now() > until) {
      const difference = equal ? 'The pages show the same, which is not it' : 'The pages differ'
      throw new Error(`${difference}:\n${texts.join('\n')}`)
    }
    await pages[0]!.evaluate(nextChange)
  }
}

/** Resolves when the tab's text holds `text`; rejects with what the page shows instead. */
export async function untilText(page: Page, text: string): Promise<void> {
  try {
    await page.waitForFunction(
      (wanted) => document.querySelector('.ProseMirror')?.textContent?.includes(wanted) === true,
      text
    )
  } catch (cause) {
    const shows = await page.locator('body').innerText()
    throw new Error(`${page.url()} does not show “${text}” but:\n${shows}`, { cause })
  }
}

/** Resolves when the status line of the tab reads exactly this. */
export async function untilStatus(page: Page, label: string): Promise<void> {
  await page.waitForFunction(
    (wanted) => document.querySelector('meridian-status .words')?.textContent === wanted,
    label
  )
}

/** Makes a link in the share dialog and answers it. */
export async function shareLink(
  page: Page,
  role: 'Can read' | 'Can comment' | 'Can edit'
): Promise<string> {
  await page.getByRole('button', { name: 'Share' }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByText(role, { exact: true }).first().click()
  await dialog.getByRole('button', { name: 'Make a link' }).click()
  const field = dialog.locator('input[readonly]')
  await field.waitFor()
  const link = await field.inputValue()
  await dialog.getByRole('button', { name: 'Close' }).click()
  return link
}

// These run in the page.

function readShown(): Shown {
  type View = { state: { doc: { check(): void; toJSON(): unknown } } }
  const page = document.querySelector('meridian-page') as unknown as {
    open: {
      replica: {
        doc: {
          getXmlFragment(name: string): { toString(): string }
          getText(name: string): { toJSON(): string }
        }
      }
    }
  }
  const text = document.querySelector('.ProseMirror') as HTMLElement
  const { doc } = page.open.replica
  const { view } = (
    document.querySelector('meridian-toolbar') as unknown as { editor: { view: View } }
  ).editor
  const clone = text.cloneNode(true) as HTMLElement
  for (const caret of clone.querySelectorAll('.remote-caret')) caret.remove()
  let invalid: string | null = null
  try {
    view.state.doc.check()
  } catch (cause) {
    invalid = String(cause)
  }
  return {
    body: doc.getXmlFragment('body').toString(),
    title: doc.getText('title').toJSON(),
    document: JSON.stringify(view.state.doc.toJSON()),
    text: clone.textContent ?? '',
    invalid
  }
}

/** The next change on the page, or the next frame: whichever gives cause to look again. */
function nextChange(): Promise<void> {
  return new Promise((resolve) => requestAnimationFrame(() => resolve()))
}

/** Resolves when the service worker has everything it needs to open the app without a network. */
export async function untilOfflineReady(page: Page): Promise<void> {
  await page.evaluate(() => navigator.serviceWorker.ready.then(() => undefined))
}

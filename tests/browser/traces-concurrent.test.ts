// Real writing at the same time: the end of a recorded history of two people, each change made with
// exactly what its writer knew of the other's. All of it takes about twelve minutes:
// `MERIDIAN_WHOLE_TRACE=1 npx vitest run --project browser tests/browser/traces-concurrent.test.ts`
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Page } from 'playwright-core'
import { startHost, type TestHost } from '../host'
import {
  makeDocument,
  shareLink,
  startBrowser,
  untilEditable,
  untilEqual,
  waitMs,
  type TestBrowser
} from './bed'
import { holdSocket, type HeldSocket } from './held-socket'
import { scheduleOf, type Step } from './schedule'
import { readTrace, typePatches, type Patch } from './traces'

/** Changes of the trace that are typed; those before them are there from the start. */
const changesTyped = process.env['MERIDIAN_WHOLE_TRACE'] === '1' ? Infinity : 4_000

type Writer = { readonly page: Page; readonly socket: HeldSocket }

let host: TestHost
let browsers: TestBrowser[]
let writers: readonly [Writer, Writer]
const trace = readTrace('friendsforever')
const schedule = scheduleOf(trace, changesTyped)

beforeAll(async () => {
  host = await startHost()
  browsers = [await startBrowser(), await startBrowser()]
  const [ada, ben] = await Promise.all([begin(browsers[0]!), begin(browsers[1]!)])
  await makeDocument(ada.page, host.url)
  await ada.page.keyboard.type('``` ')
  await ben.page.goto(await shareLink(ada.page, 'Can edit'))
  await untilEditable(ben.page)
  const start: Patch = [0, 0, schedule.start]
  if (schedule.start !== '') await ada.page.evaluate(typePatches, [start])
  await untilEqual(
    [ada.page, ben.page],
    ({ document, text }) => document.includes('"code_block"') && text === schedule.start
  )
  // Of two who write at one place at once, Yjs puts the smaller id first, as the recording did.
  const [first, second] = await Promise.all([clientIdOf(ada.page), clientIdOf(ben.page)])
  writers = first < second ? [ada, ben] : [ben, ada]
  for (const { socket } of writers) socket.hold()
})

afterAll(async () => {
  await Promise.all(browsers.map((browser) => browser.dispose()))
  await host.stop()
})

const minutes = changesTyped === Infinity ? 60 : 15

test('the text of both equals the end of the trace', { timeout: minutes * 60_000 }, async () => {
  const [ada, ben] = writers
  const adasChanges = createMarks()
  const bensChanges = createMarks()
  await Promise.all([
    write({
      self: ada,
      steps: schedule.steps[0],
      other: ben,
      made: adasChanges,
      known: bensChanges
    }),
    write({
      self: ben,
      steps: schedule.steps[1],
      other: ada,
      made: bensChanges,
      known: adasChanges
    })
  ])
  for (const { socket } of writers) socket.letGo()
  const end = await untilEqual([ada.page, ben.page], ({ text }) => text === trace.endContent)
  expect(end.invalid).toBeNull()
})

async function begin(browser: TestBrowser): Promise<Writer> {
  const page = await browser.context().newPage()
  const socket = await holdSocket(page)
  await page.goto(host.url)
  return { page, socket }
}

/** For numbers of a writer's changes, how far the other's socket must be let through to have them. */
type Marks = { set(made: number, arrived: number): void; get(made: number): Promise<number> }

function createMarks(): Marks {
  const marks = new Map<number, number>()
  const waiting = new Map<number, (arrived: number) => void>()
  return {
    set(made, arrived) {
      marks.set(made, arrived)
      waiting.get(made)?.(arrived)
    },
    async get(made) {
      return marks.get(made) ?? new Promise((resolve) => waiting.set(made, resolve))
    }
  }
}

type Writing = {
  readonly self: Writer
  readonly steps: readonly Step[]
  readonly other: Writer
  readonly made: Marks
  readonly known: Marks
}

async function write({ self, steps, other, made, known }: Writing): Promise<void> {
  for (const { knows, text, patches, made: count, isAwaited } of steps) {
    if (text !== null) {
      self.socket.release(await known.get(knows))
      await self.page.evaluate(untilTextIs, { text, waitMs })
    }
    await self.page.evaluate(typePatches, patches)
    if (!isAwaited) continue
    await self.page.evaluate(untilAcknowledged, waitMs)
    await other.socket.untilArrived(self.socket.acknowledged()!, waitMs)
    made.set(count, other.socket.arrived())
  }
}

function clientIdOf(page: Page): Promise<number> {
  return page.evaluate(() => {
    type Element = { open: { replica: { doc: { clientID: number } } } }
    return (document.querySelector('meridian-page') as unknown as Element).open.replica.doc.clientID
  })
}

// These run in the page.

function untilTextIs({ text, waitMs }: { text: string; waitMs: number }): Promise<void> {
  type Editor = { view: { state: { doc: { textContent: string } } } }
  type Doc = Record<'on' | 'off', (name: string, listener: () => void) => void>
  const { view } = (document.querySelector('meridian-toolbar') as unknown as { editor: Editor })
    .editor
  const { doc } = (
    document.querySelector('meridian-page') as unknown as { open: { replica: { doc: Doc } } }
  ).open.replica
  return new Promise((resolve, reject) => {
    const look = (): void => {
      if (view.state.doc.textContent !== text) return
      clearTimeout(limit)
      doc.off('afterTransaction', look)
      resolve()
    }
    const limit = setTimeout(() => {
      const has = view.state.doc.textContent
      const at = [...text].findIndex((character, index) => character !== has[index])
      const near = (of: string) => JSON.stringify(of.slice(Math.max(0, at - 20), at + 40))
      reject(new Error(`At ${at} of ${text.length} the text has ${near(has)}, not ${near(text)}`))
    }, waitMs)
    doc.on('afterTransaction', look)
    look()
  })
}

/** What is held back leaves this page behind, but nothing of its own is unsaved any more. */
function untilAcknowledged(waitMs: number): Promise<void> {
  type Status = { subscribe(listener: (status: { kind: string }) => void): () => void }
  const { status } = (
    document.querySelector('meridian-page') as unknown as { open: { status: Status } }
  ).open
  return new Promise((resolve, reject) => {
    let stop = (): void => undefined
    let last = ''
    const limit = setTimeout(() => reject(new Error(`The status stays “${last}”`)), waitMs)
    stop = status.subscribe(({ kind }) => {
      last = kind
      if (kind !== 'saved' && kind !== 'behind') return
      clearTimeout(limit)
      resolve()
      // The first call comes before there is anything to stop.
      queueMicrotask(() => stop())
    })
  })
}

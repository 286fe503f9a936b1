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

type Writer = { readonly page: Page; readonly socket: HeldSocket; readonly clientId: number }

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
  const both = await Promise.all(
    [ada, ben].map(async (one) => ({ ...one, clientId: await clientIdOf(one.page) }))
  )
  const [first, second] = both.sort((one, other) => one.clientId - other.clientId)
  writers = [first!, second!]
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

async function begin(browser: TestBrowser): Promise<Omit<Writer, 'clientId'>> {
  const page = await browser.context().newPage()
  const socket = await holdSocket(page)
  await page.goto(host.url)
  return { page, socket }
}

/** What a page needs to have all of a writer's first changes. */
type Mark = {
  /** How far its socket must be let through. */
  readonly arrived: number
  /** How much the writer had inserted: the same text may have stood there before all of it came. */
  readonly clock: number
}

/** By number of changes. */
type Marks = { set(made: number, mark: Mark): void; get(made: number): Promise<Mark> }

function createMarks(): Marks {
  const marks = new Map<number, Mark>()
  const waiting = new Map<number, (mark: Mark) => void>()
  return {
    set(made, mark) {
      marks.set(made, mark)
      waiting.get(made)?.(mark)
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
      const { arrived, clock } = await known.get(knows)
      self.socket.release(arrived)
      await self.page.evaluate(untilTextIs, { text, clientId: other.clientId, clock, waitMs })
    }
    await self.page.evaluate(typePatches, patches)
    if (!isAwaited) continue
    await self.page.evaluate(untilAcknowledged, waitMs)
    await other.socket.untilArrived(self.socket.acknowledged()!, waitMs)
    const clock = await self.page.evaluate(clockOf, self.clientId)
    made.set(count, { arrived: other.socket.arrived(), clock })
  }
}

function clientIdOf(page: Page): Promise<number> {
  return page.evaluate(() => {
    type Element = { open: { replica: { doc: { clientID: number } } } }
    return (document.querySelector('meridian-page') as unknown as Element).open.replica.doc.clientID
  })
}

// These run in the page.

type Struct = { id: { clock: number }; length: number }
type Doc = { store: { clients: Map<number, Struct[]> } } & Record<
  'on' | 'off',
  (name: string, listener: () => void) => void
>

function clockOf(clientId: number): number {
  const { doc } = (
    document.querySelector('meridian-page') as unknown as { open: { replica: { doc: Doc } } }
  ).open.replica
  const last = doc.store.clients.get(clientId)?.at(-1)
  return last === undefined ? 0 : last.id.clock + last.length
}

type Awaited = { text: string; clientId: number; clock: number; waitMs: number }

/** Resolves when all that this person had inserted up to `clock` is there, and the text is `text`. */
function untilTextIs({ text, clientId, clock, waitMs }: Awaited): Promise<void> {
  type Editor = { view: { state: { doc: { textContent: string } } } }
  const { view } = (document.querySelector('meridian-toolbar') as unknown as { editor: Editor })
    .editor
  const { doc } = (
    document.querySelector('meridian-page') as unknown as { open: { replica: { doc: Doc } } }
  ).open.replica
  return new Promise((resolve, reject) => {
    const has = (): number => {
      const last = doc.store.clients.get(clientId)?.at(-1)
      return last === undefined ? 0 : last.id.clock + last.length
    }
    const look = (): void => {
      if (has() < clock || view.state.doc.textContent !== text) return
      clearTimeout(limit)
      doc.off('afterTransaction', look)
      resolve()
    }
    const limit = setTimeout(() => {
      const now = view.state.doc.textContent
      const at = [...text].findIndex((character, index) => character !== now[index])
      const near = (of: string) => JSON.stringify(of.slice(Math.max(0, at - 20), at + 40))
      const counts = `Of ${clock} inserted ${has()} came.`
      reject(new Error(`${counts} At ${at} the text has ${near(now)}, not ${near(text)}`))
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

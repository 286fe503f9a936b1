// The world of chaos: a real host, two people in two real browsers, and what must be true of them.
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  makeDocument,
  shareLink,
  startBrowser,
  untilEqual,
  untilOfflineReady
} from '../browser/bed'
import { findBrowser } from '../browser/browsers.mjs'
import { openGate } from '../browser/gate'
import { seenOn } from '../browser/promise'
import { runTool, startHost, type TestHost } from '../host'
import { joinByLink, type Reader } from '../wire/reader'
import type { Counts, Journal } from './journal'
import { createPerson, wordsOf, type Person } from './person'

export type World = {
  readonly journal: Journal
  readonly host: TestHost
  readonly people: readonly [Person, Person]
  /** For whatever a fault writes. */
  readonly folder: string
  /** Opens the document again for somebody who has no tab. */
  comeBack(person: Person): Promise<void>
  /** What the relay holds must have all that the screens had called saved. */
  lookAtRelay(): Promise<void>
  /** Resolves when so many more words were typed, by whoever can. */
  untilTyped(words: number): Promise<void>
  /** Everybody pauses; all must be saved, equal and complete, and then they go on. */
  recover(after: string): Promise<void>
  /** The same for good, and the data folder must be sound. */
  end(): Promise<void>
  close(): Promise<void>
  counts(): Counts
}

export async function openWorld(journal: Journal): Promise<World> {
  const folder = await mkdtemp(join(tmpdir(), 'meridian-chaos-'))
  const host = await startHost()
  const people = [await enter('Ada', 0, host), await enter('Ben', 1, host)] as const
  const [ada, ben] = people
  const { reader, addresses } = await settleIn(host, ada, ben)
  journal.say(
    `Ada types in ${ada.browser.kind}, Ben in ${ben.browser.kind}; the data is in ${host.data}.`
  )
  const typing = startTyping(people)

  async function lookAtRelay(): Promise<void> {
    const text = await reader.text()
    for (const person of people)
      missing(journal, person, person.acknowledged(), text, 'at the relay')
  }

  async function settled(): Promise<void> {
    for (const person of people) await person.untilSaved()
    const pages = people.map((person) => person.page()!)
    const { text, invalid } = await untilEqual(pages)
    if (invalid !== null) journal.wrong(`The document is no document: ${invalid}`)
    for (const person of people) {
      missing(journal, person, person.safe(), text, 'on the screens')
      const words = wordsOf(letterOf(person), text)
      const inOrder = words.every((word, at) => at === 0 || word > words[at - 1]!)
      if (!inOrder) journal.wrong(`${person.name} reads: ${words.join(' ')}`)
    }
    await lookAtRelay()
  }

  return {
    ...{ journal, host, people, folder, lookAtRelay },
    untilTyped: typing.untilTyped,
    async comeBack(person) {
      await person.open(addresses.get(person)!)
      // Before anything can have come from elsewhere, where there is no relay.
      const { text } = await seenOn(person.page()!)
      missing(journal, person, person.safe(), text, 'on the screen that was opened again')
    },
    async recover(after) {
      await typing.pause()
      const began = performance.now()
      await settled()
      const ms = performance.now() - began
      journal.recovered(after, ms)
      journal.say(`All is saved and equal, ${(ms / 1000).toFixed(1)} s later.`)
      typing.goOn()
    },
    async end() {
      await typing.pause()
      await settled()
      await host.kill('SIGTERM')
      const { code, output } = await runTool('verify', [host.data])
      if (code === 0) journal.say(output.trim())
      else journal.wrong(output)
    },
    async close() {
      typing.stop()
      for (const { browser, gate } of people) {
        await browser.dispose()
        await gate.stop()
      }
      await host.stop()
      await rm(folder, { recursive: true, force: true })
    },
    counts: () => ({
      keys: ada.keys() + ben.keys(),
      words: ada.typed() + ben.typed(),
      acknowledged: ada.acknowledged().size + ben.acknowledged().size
    })
  }
}

/** A person with a browser and a way to the relay of their own, side by side where there is a screen. */
async function enter(name: string, place: number, host: TestHost): Promise<Person> {
  const gate = await openGate(host.port)
  const kind = place === 1 && findBrowser('firefox') !== null ? 'firefox' : 'chromium'
  const headless = process.env['DISPLAY'] === undefined
  const args = [`--window-position=${place * 900},0`, '--window-size=900,900']
  return createPerson(name, place, await startBrowser(kind, { headless, args }), gate)
}

/** One document of two paragraphs, open in both browsers, and a reader at the relay itself. */
async function settleIn(
  host: TestHost,
  ada: Person,
  ben: Person
): Promise<{ reader: Reader; addresses: ReadonlyMap<Person, string> }> {
  const first = await ada.browser.open(ada.gate.url)
  await untilOfflineReady(first)
  const address = await makeDocument(first, ada.gate.url)
  await first.keyboard.press('Enter')
  const link = await shareLink(first, 'Can edit')
  const through = (url: string): string => link.replace(ada.gate.url, url)
  await ada.open(address)
  await first.close()
  await ben.open(through(ben.gate.url))
  await untilOfflineReady(ben.page()!)
  const addresses = new Map([
    [ada, address],
    [ben, address.replace(ada.gate.url, ben.gate.url)]
  ])
  return { reader: await joinByLink(through(host.url)), addresses }
}

/** Both type, word after word, until they are to pause. */
function startTyping(people: readonly Person[]) {
  let paused = false
  let stopped = false
  let idle: Promise<unknown> = Promise.resolve()
  const looks = new Set<() => void>()

  async function typeOn(person: Person): Promise<void> {
    while (!paused) {
      // One without a tab waits for the other's next word.
      if (person.page() === null) await nextWord()
      else await person.typeWord()
      for (const look of looks) look()
    }
  }

  const nextWord = (): Promise<void> =>
    new Promise((resolve) => {
      const look = (): void => {
        looks.delete(look)
        resolve()
      }
      looks.add(look)
    })

  function goOn(): void {
    paused = stopped
    if (!paused) idle = Promise.all(people.map(typeOn))
  }
  goOn()

  return {
    goOn,
    async untilTyped(words: number): Promise<void> {
      // A failure of the typing ends the waiting.
      for (let word = 0; word < words; word++) await Promise.race([nextWord(), idle])
    },
    async pause(): Promise<void> {
      paused = true
      for (const look of looks) look()
      await idle
    },
    stop(): void {
      stopped = true
      paused = true
      for (const look of looks) look()
    }
  }
}

function missing(
  journal: Journal,
  person: Person,
  promised: ReadonlySet<number>,
  text: string,
  where: string
): void {
  const there = new Set(wordsOf(letterOf(person), text))
  const gone = [...promised].filter((word) => !there.has(word))
  if (gone.length > 0) {
    journal.wrong(`${person.name}’s words ${gone.join(', ')} were called safe and are not ${where}`)
  }
}

function letterOf({ name }: Person): string {
  return name[0]!.toLowerCase()
}

// People who write into a document by Yjs alone, in every way the app does, some of them offline for
// long: each update is checked as the relay does it, and honest ones must all be fine.
import * as Y from 'yjs'
import { batchesLackingIn } from '../../app/store/lacking'
import { foldState } from '../../app/store/fold'
import { sealRows } from '../../app/store/seal'
import { foldUpdates } from '../../sync-api/core/fold'
import { entryZero } from '../../sync-api/protocol/entry-zero'
import { idOf, shortIdBytes, type WriterId } from '../../sync-api/protocol/ids'
import { contentRoots, libraryRoots } from '../../sync-api/protocol/roots'
import type { Seeded } from '../protocol/seeded'
import { createCheckedLog, type CheckedLog } from './relay-double'

const typed = { kind: 'typed' }
const heard = { kind: 'heard' }
const body = contentRoots.body

/** A device with one tab: what it wrote and has not sent, and how far it has read. */
type Person = {
  doc: Y.Doc
  undo: Y.UndoManager
  readonly rows: Uint8Array[]
  unsent: Uint8Array[]
  read: number
  offline: number
}

export type Tally = { checked: number; readonly refused: string[] }

/** Somebody's copy, as it is stored and as it is open, when it and the log have all of each other. */
export type Level = (
  rows: readonly Uint8Array[],
  open: Y.Doc,
  entries: readonly Uint8Array[]
) => void

/** One session of `people`; every refusal is added to the tally, with its seed. */
export function liveHonestly(
  seed: number,
  random: Seeded,
  tally: Tally,
  steps: number,
  onLevel: Level = () => undefined
): void {
  let clients = 1
  const log = createCheckedLog()
  const open = (rows: Uint8Array[]): Pick<Person, 'doc' | 'undo'> => {
    const doc = new Y.Doc()
    doc.clientID = 1_000 * (seed + 1) + clients++
    for (const update of [entryZero, ...rows]) Y.applyUpdate(doc, update, heard)
    const scope = [doc.getXmlFragment(body), doc.getText(contentRoots.title)]
    const undo = new Y.UndoManager(scope, { trackedOrigins: new Set([typed]), captureTimeout: 0 })
    return { doc, undo }
  }
  const join = (): Person => {
    const rows: Uint8Array[] = []
    const person: Person = { ...open(rows), rows, unsent: [], read: 0, offline: 0 }
    follow(person)
    return person
  }
  const follow = (person: Person): void => {
    person.doc.on('update', (update: Uint8Array, origin: unknown) => {
      if (origin === heard) return
      person.rows.push(update)
      person.unsent.push(update)
    })
  }
  const count = (verdict: string, what: string): void => {
    tally.checked += 1
    if (verdict !== 'fine') tally.refused.push(`seed ${seed}: ${what}: ${verdict}`)
  }
  const send = (person: Person): void => {
    const clientsOf = [person.doc.clientID]
    if (random.below(3) > 0) {
      for (const update of person.unsent) count(log.push(update, clientsOf), 'update')
    } else if (person.unsent.length > 0) {
      const rows = person.unsent.map((update) => ({ update, writer: nobody, schemaMajor: 1 }))
      for (const { update } of sealRows(rows)) count(log.push(update, clientsOf), 'sealed')
    }
    person.unsent = []
  }
  const read = (person: Person): void => {
    for (const update of log.entries.slice(person.read)) {
      person.rows.push(update)
      Y.applyUpdate(person.doc, update, heard)
    }
    person.read = log.entries.length
    // What reading tidied up is yet to be sent.
    if (person.unsent.length === 0) onLevel(person.rows, person.doc, log.entries)
  }
  const people = [join(), join(), join()]
  for (let step = 0; step < steps; step++) {
    const person = people[random.below(people.length)]!
    person.doc.transact(() => act(person, random), typed)
    if (random.below(40) === 0) person.undo.undo()
    if (random.below(60) === 0) person.undo.redo()
    if (person.offline > 0) person.offline -= 1
    else if (random.below(60) === 0) person.offline = random.below(40)
    else if (random.below(4) > 0) {
      send(person)
      if (random.below(3) === 0) read(person)
    }
    if (random.below(150) === 0) {
      // The tab closes and opens: folded rows, another client id.
      send(person)
      const folded = foldState('content', person.rows)
      if (folded !== null) person.rows.splice(0, person.rows.length, folded)
      Object.assign(person, open(person.rows))
      follow(person)
    }
    if (random.below(150) === 0) fold(log, people)
    if (random.below(100) === 0) log.forget()
  }
  for (const person of people) send(person)
  for (const person of people) read(person)
  giveBack(log, people[0]!, random, count)
}

/** An update as it was pushed, and by whom. */
export type Pushed = { readonly update: Uint8Array; readonly clients: readonly number[] }

/** The pushes of a session, in the order of its log; nothing of it is folded. */
export function recordSession(seed: number, random: Seeded, steps: number): Pushed[] {
  const people = [1, 2, 3].map((number) => {
    const doc = new Y.Doc()
    doc.clientID = 1_000 * (seed % 1_000) + number
    Y.applyUpdate(doc, entryZero, heard)
    return { doc, read: 0 }
  })
  const log: Pushed[] = []
  for (const { doc } of people) {
    doc.on('update', (update: Uint8Array, origin: unknown) => {
      if (origin !== heard) log.push({ update, clients: [doc.clientID] })
    })
  }
  for (let step = 0; step < steps; step++) {
    const person = people[random.below(people.length)]!
    // Not all has been read: what is written then is beside what others wrote.
    if (random.below(3) > 0) {
      const { length } = log
      for (const { update } of log.slice(person.read)) Y.applyUpdate(person.doc, update, heard)
      person.read = length
    }
    person.doc.transact(() => act(person, random), typed)
  }
  return log
}

const nobody = idOf<WriterId>(new Uint8Array(shortIdBytes))

function fold(log: CheckedLog, people: readonly Person[]): void {
  if (log.entries.length === 0) return
  // Who has not read it all reads the checkpoint, whatever it has read before.
  const all = log.entries.length
  const folded = foldUpdates([entryZero, ...log.entries])
  log.entries.splice(0, all, folded)
  for (const person of people) person.read = person.read === all ? 1 : 0
  log.forget()
}

/** A relay that lost some of its last entries is given them back by a device. */
function giveBack(
  log: CheckedLog,
  { rows }: Person,
  random: Seeded,
  count: (verdict: string, what: string) => void
): void {
  const kept = log.entries.slice(0, random.below(log.entries.length + 1))
  const restored = createCheckedLog(kept)
  for (const { update } of batchesLackingIn('content', kept, rows)) {
    count(restored.push(update, [], true), 'given back')
  }
}

const words = ['sea ', 'tide', '😀', 'n', 'é', 'a long run of words that somebody pastes. ', ' ']
const marks = ['strong', 'em', 'code', 'link']

function act({ doc }: Pick<Person, 'doc'>, random: Seeded): void {
  const fragment = doc.getXmlFragment(body)
  const pick = <T>(all: readonly T[]): T => all[random.below(all.length)]!
  const kind = random.below(100)
  if (kind < 8) return write(doc.getText(contentRoots.title), random)
  if (kind < 10) {
    const documents = doc.getMap(libraryRoots.documents)
    return void documents.set(pick(['one', 'two', 'three']), new Y.Map([['title', pick(words)]]))
  }
  if (kind < 12) {
    for (const value of doc.getMap(libraryRoots.documents).values()) {
      if (value instanceof Y.Map) value.set(pick(['title', 'pinned']), pick([true, null, 7, 'x']))
    }
    return void doc.getMap(libraryRoots.profile).set('name', pick(words))
  }
  if (kind < 20 || fragment.length === 0) {
    return fragment.insert(random.below(fragment.length + 1), [paragraphOf(pick(words))])
  }
  if (kind < 24 && fragment.length > 1) {
    return fragment.delete(random.below(fragment.length), 1)
  }
  const block = pick(fragment.toArray())
  if (!(block instanceof Y.XmlElement)) return
  if (kind < 28) return block.setAttribute(pick(['level', 'checked']), pick(['1', '2']))
  if (kind < 32) {
    // As a list is made of a paragraph: a copy in another node, and the first one deleted.
    const item = new Y.XmlElement('list_item')
    item.insert(
      0,
      block.toArray().map((child) => (child as Y.XmlElement).clone())
    )
    const at = fragment.toArray().indexOf(block)
    fragment.delete(at, 1)
    return fragment.insert(at, [item])
  }
  if (kind < 36) {
    const [first] = block.toArray()
    if (!(first instanceof Y.XmlText) || first.length < 2) return
    const at = 1 + random.below(first.length - 1)
    const rest = first.toString().slice(at)
    first.delete(at, first.length - at)
    return fragment.insert(fragment.toArray().indexOf(block) + 1, [paragraphOf(rest)])
  }
  const [text] = block.toArray()
  if (text instanceof Y.XmlText) return write(text, random)
  return block.insert(0, [new Y.XmlText(pick(words))])
}

function paragraphOf(text: string): Y.XmlElement {
  const paragraph = new Y.XmlElement('paragraph')
  if (text !== '') paragraph.insert(0, [new Y.XmlText(text)])
  return paragraph
}

function write(text: Y.Text, random: Seeded): void {
  const pick = <T>(all: readonly T[]): T => all[random.below(all.length)]!
  const at = random.below(text.length + 1)
  const length = Math.min(text.length - at, 1 + random.below(5))
  const kind = random.below(10)
  if (kind < 2 && length > 0) return text.delete(at, length)
  if (kind < 4 && length > 0 && text instanceof Y.XmlText) {
    const value = random.below(2) === 0 ? null : { href: pick(words) }
    return text.format(at, length, { [pick(marks)]: value })
  }
  text.insert(at, pick(words))
}

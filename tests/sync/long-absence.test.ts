// A device that was away while both sides wrote a lot: what waited leaves as one push, and all agree.
import { afterAll, beforeAll, expect, test } from 'vitest'
import * as Y from 'yjs'
import { entryZero } from '../../sync-api/protocol/entry-zero'
import { clientIdOf, type ChannelRef, type PersonId } from '../../sync-api/protocol/ids'
import { socketUpdateBytesMax } from '../../sync-api/protocol/limits'
import { startHost, type TestHost } from '../host'
import { createChance, type Chance } from '../simulation/chance'
import { pushOfUpdate, subscribeTo } from '../wire/bed'
import { newLink, newOutbox, newSecret, newWriter } from '../wire/device'
import { pullAll } from '../wire/pulling'
import { claim, createWiredDevice } from './wired-device'

const keystrokes = 10_000
const remoteEdits = 5_000
const seed = 20_261_125

/** Keys that share a commit on the device, as somebody types who is very fast. */
const keysPerCommit = 50

/** Pushes in one call of the relay. */
const pushesPerCall = 500

const letters = 'etaoinshrdlu  '.split('')

let host: TestHost
beforeAll(async () => {
  host = await startHost()
})
afterAll(() => host.stop())

test(`${keystrokes} keystrokes made offline leave as one push, against ${remoteEdits} edits of others`, async () => {
  const [owner, guest] = [await createWiredDevice(host.url), await createWiredDevice(host.url)]
  const document = owner.make('absence')
  const ref: ChannelRef = { document, channel: 'content' }
  const offline = createTypist(ref, guest.device.person, createChance(seed))
  for (let key = 0; key < keystrokes; key += keysPerCommit) {
    await guest.store.appendLocal(ref, offline.type(keysPerCommit))
  }
  const online = createTypist(ref, owner.device.person, createChance(seed + 1))
  const outbox = newOutbox()
  const pushes = online
    .type(remoteEdits)
    .map(({ update, writer }, at) => pushOfUpdate(ref, outbox, at + 1, update, writer))

  await owner.httpSync.sync(document)
  const door = { link: newLink(), ...(await newSecret()) }
  await claim(owner.device, guest.device, document, 'editor', door)
  guest.add(document)
  for (let sent = 0; sent < remoteEdits; sent += pushesPerCall) {
    const call = pushes.slice(sent, sent + pushesPerCall)
    const answers = await owner.device.bulk(subscribeTo(document), ...call)
    expect(answers.filter(({ type }) => type === 'ack')).toHaveLength(pushesPerCall)
  }
  const batches = await guest.store.seal(ref)
  expect(batches).toHaveLength(1)
  const { length } = batches[0]!.update
  expect(length).toBeLessThan(socketUpdateBytesMax)
  process.stdout.write(
    `${keystrokes} keystrokes: ${offline.bytes()} bytes of updates, one push of ${length} bytes\n`
  )

  await guest.exchange.start()
  guest.show(document)
  await guest.noticed((notice) => notice.kind === 'settled' && notice.ref.document === document)
  await guest.noticed((notice) => notice.kind === 'caught-up' && notice.document === document)
  guest.exchange.stop()
  expect(await guest.store.pending()).toEqual([])

  const settled = guest.notices.filter(
    (notice) => notice.kind === 'settled' && notice.ref.document === document
  )
  expect(settled).toHaveLength(1)

  const { entries } = await pullAll({ owner: owner.device, content: ref })
  const here = docOf((await guest.store.load(ref)).updates)
  const there = docOf(entries.map(({ update }) => update))
  expect(bodyOf(here).toString()).toBe(bodyOf(there).toString())
  expect(Y.encodeStateVector(here)).toEqual(Y.encodeStateVector(there))
  const unread = Y.diffUpdate(Y.encodeStateAsUpdate(offline.doc), Y.encodeStateVector(there))
  expect(Y.decodeUpdate(unread).structs).toEqual([])
})

type Typist = {
  readonly doc: Y.Doc
  /** As many keystrokes, each as the update that an editor makes of it. */
  type(keys: number): { update: Uint8Array; writer: ReturnType<typeof newWriter> }[]
  /** Of all updates so far. */
  bytes(): number
}

/** Types words, goes back over the last letter now and then, and moves the caret. */
function createTypist(ref: ChannelRef, person: PersonId, chance: Chance): Typist {
  const writer = newWriter()
  const doc = docOf([])
  doc.clientID = clientIdOf(ref, person, writer)
  let bytes = 0
  let update: Uint8Array = new Uint8Array(0)
  doc.on('update', (made) => (update = made))
  const paragraph = bodyOf(doc).get(0) as Y.XmlElement
  const text = new Y.XmlText()
  paragraph.insert(0, [text])
  // The text itself is an insertion like any other: it goes with the first key.
  let first: Uint8Array | null = update
  let caret = 0
  const press = (): void => {
    if (chance.happens(0.02)) caret = chance.below(text.length + 1)
    if (caret > 0 && chance.happens(0.05)) text.delete(--caret, 1)
    else text.insert(caret++, chance.pick(letters))
  }
  return {
    doc,
    bytes: () => bytes,
    type: (keys) =>
      Array.from({ length: keys }, () => {
        press()
        const whole = first === null ? update : Y.mergeUpdates([first, update])
        first = null
        bytes += whole.length
        return { update: whole, writer }
      })
  }
}

function docOf(updates: readonly Uint8Array[]): Y.Doc {
  const doc = new Y.Doc()
  doc.transact(() => {
    for (const update of [entryZero, ...updates]) Y.applyUpdate(doc, update)
  })
  return doc
}

function bodyOf(doc: Y.Doc): Y.XmlFragment {
  return doc.getXmlFragment('body')
}

// What an update may say, rule by rule: bytes as the wire has them, beside what is known.
import * as encoding from 'lib0/encoding'
import { expect, test } from 'vitest'
import * as Y from 'yjs'
import { createKnown, endOf, setPerson, type Known } from '../../sync-api/core/known'
import { clockAdvanceMax, valueDepthMax } from '../../sync-api/core/limits'
import { checkUpdate, learnUpdate, type Origin } from '../../sync-api/core/update-check'
import { entryZero } from '../../sync-api/protocol/entry-zero'
import { structsPerUpdateMax } from '../../sync-api/protocol/limits'
import { personFor } from '../fuzz/relay-double'

const ada = 7
const bob = 8

/** Entry zero, and `hello` by Ada in the title. */
function known(): Known {
  const all = createKnown()
  learnUpdate(all, entryZero, 'content')
  learnUpdate(all, update(lane(ada, 0, text('hello', inTitle))), 'content')
  setPerson(all, ada, personFor(ada))
  return all
}

const bobs: Origin = { channel: 'content', person: personFor(bob), clients: [bob], healing: false }

function verdictOf(bytes: Uint8Array, origin: Partial<Origin> = {}, all = known()): string {
  const before = structuredClone([all.clients, all.lists, all.parts])
  const verdict = checkUpdate(all, bytes, { ...bobs, ...origin })
  // Whatever is not taken leaves no trace.
  if (verdict !== 'fine') expect([all.clients, all.lists, all.parts]).toEqual(before)
  return verdict
}

type Part = (out: encoding.Encoder) => void
const uint =
  (value: number): Part =>
  (out) =>
    encoding.writeVarUint(out, value)
const string =
  (value: string): Part =>
  (out) =>
    encoding.writeVarString(out, value)
const raw =
  (...bytes: number[]): Part =>
  (out) =>
    encoding.writeUint8Array(out, Uint8Array.from(bytes))
const all =
  (...parts: Part[]): Part =>
  (out) =>
    parts.forEach((part) => part(out))
const inTitle = all(uint(1), string('title'))
const inBody = all(uint(1), string('body'))
/** Of entry zero's paragraph. */
const inFirst = all(uint(0), uint(0), uint(0))

const text = (value: string, parent: Part): Part => all(raw(4), parent, string(value))
const after = (client: number, clock: number, value: string): Part =>
  all(raw(0x84), uint(client), uint(clock), string(value))
const between = (left: [number, number], right: [number, number]): Part =>
  all(raw(0xc4), ...[...left, ...right].map(uint), string('x'))
const value = (parent: Part, content: Part): Part => all(raw(8), parent, uint(1), content)
const type = (parent: Part, kind: Part): Part => all(raw(7), parent, kind)
const lane = (client: number, clock: number, ...structs: Part[]): Part =>
  all(uint(structs.length), uint(client), uint(clock), ...structs)
const deletes = (...clients: Part[]): Part => all(uint(clients.length), ...clients)
const ranges = (client: number, ...numbers: number[]): Part =>
  all(uint(client), uint(numbers.length / 2), ...numbers.map(uint))

function update(...lanes: Part[]): Uint8Array {
  return updateWith(deletes(), ...lanes)
}
function updateWith(end: Part, ...lanes: Part[]): Uint8Array {
  return encoding.encode(all(uint(lanes.length), ...lanes, end))
}
const mine = (...structs: Part[]): Uint8Array => update(lane(bob, 0, ...structs))

test('[UP4] what builds on what is known is fine, and is known from then on', () => {
  const here = known()
  expect(verdictOf(mine(after(ada, 4, ' world')), {}, here)).toBe('fine')
  expect(endOf(here, bob)).toBe(6)
  expect(verdictOf(update(lane(bob, 6, after(bob, 5, '!'))), {}, here)).toBe('fine')
})

test.each<[string, Uint8Array, string]>([
  ['no bytes', new Uint8Array(), 'cut-short'],
  ['a missing delete set', mine(after(ada, 4, 'x')).subarray(0, -1), 'cut-short'],
  ['a byte too many', new Uint8Array([...mine(after(ada, 4, 'x')), 0]), 'trailing-bytes'],
  [
    'a number longer than it need be',
    mine(all(raw(0x84, ada | 0x80, 0), uint(4), string('x'))),
    'number-form'
  ],
  [
    'a number beyond 2^53',
    mine(all(raw(0x84), raw(...Array<number>(8).fill(0xff), 1))),
    'number-range'
  ],
  [
    'a text that is half a character',
    mine(all(raw(4), inTitle, uint(2), raw(0xc3, 0x28))),
    'text-not-utf8'
  ],
  ['a lone surrogate', mine(all(raw(4), inTitle, uint(3), raw(0xed, 0xa0, 0x80))), 'text-not-utf8'],
  ['an empty text', mine(text('', inTitle)), 'zero-length'],
  ['nothing, deleted', mine(all(raw(0), uint(0))), 'zero-length'],
  [
    'a client twice',
    update(lane(bob, 0, after(ada, 4, 'x')), lane(bob, 1, after(ada, 4, 'y'))),
    'client-twice'
  ],
  ['a client without insertions', update(lane(bob, 0)), 'client-empty'],
  [
    'a mark whose value is no JSON',
    mine(all(raw(6), inTitle, string('em'), string('{'))),
    'value-form'
  ],
  [
    'a value of an unknown kind',
    mine(value(all(uint(1), string('profile')), raw(50))),
    'value-form'
  ],
  [
    'a value too deep',
    mine(value(inTitle, all(...Array<Part>(valueDepthMax + 2).fill(raw(117, 1)), raw(126)))),
    'value-too-deep'
  ],
  [
    'JSON too deep',
    mine(all(raw(6), inTitle, string('em'), string('['.repeat(40)))),
    'value-too-deep'
  ],
  [
    'a forbidden key',
    mine(value(inTitle, all(raw(118, 1), string('__proto__'), raw(126)))),
    'forbidden-key'
  ],
  [
    'a forbidden key in JSON',
    mine(all(raw(6), inTitle, string('em'), string('{"\\u005f_proto__":1}'))),
    'forbidden-key'
  ]
])('[UP1] %s is refused', (_, bytes, fault) => {
  expect(verdictOf(bytes)).toBe(fault)
})

test.each<[string, Part, string]>([
  ['bytes', all(raw(3), inTitle, uint(1), raw(1)), 'content-not-allowed'],
  ['an embed', all(raw(5), inTitle, string('{}')), 'content-not-allowed'],
  ['a document', all(raw(9), inTitle, string('guid'), raw(118, 0)), 'content-not-allowed'],
  ['old JSON', all(raw(2), inTitle, uint(1), string('1')), 'content-not-allowed'],
  ['a gap', all(raw(10), uint(3)), 'content-not-allowed'],
  ['a hook', type(inBody, all(uint(5), string('hook'))), 'type-not-allowed'],
  ['a root of another name', text('x', all(uint(1), string('other'))), 'root-not-allowed'],
  ['text between nodes', text('x', inBody), 'content-misplaced'],
  ['a map between nodes', type(inBody, uint(1)), 'content-misplaced'],
  ['a node in the title', type(inTitle, all(uint(3), string('paragraph'))), 'content-misplaced'],
  ['text among maps', text('x', all(uint(1), string('documents'))), 'content-misplaced'],
  ['a value in a paragraph', value(inFirst, raw(126)), 'content-misplaced']
])('[UP2] %s is refused', (_, struct, fault) => {
  expect(verdictOf(mine(struct))).toBe(fault)
})

test('[UP2] nodes, texts and marks are fine where they belong, whatever the nodes are called', () => {
  const node = type(inBody, all(uint(3), string('from-a-later-release')))
  const inNode = all(uint(0), uint(bob), uint(0))
  const words = all(raw(0x86), uint(bob), uint(2), string('em'), string('true'))
  const inText = all(uint(0), uint(bob), uint(1))
  expect(verdictOf(mine(node, type(inNode, uint(6)), text('a', inText), words))).toBe('fine')
})

test('[UP3] nobody inserts under the client id of another', () => {
  expect(verdictOf(update(lane(ada, 5, after(ada, 4, 'x'))))).toBe('client-not-owned')
  expect(verdictOf(update(lane(9, 0, after(ada, 4, 'x'))))).toBe('client-not-owned')
  // Not even again what is there: with other content, who folds both could take either.
  expect(verdictOf(update(lane(ada, 0, text('jello', inTitle))))).toBe('client-not-owned')
  const squat = update(lane(ada, 5, all(raw(0), uint(2 ** 20))))
  expect(verdictOf(squat)).toBe('client-not-owned')
})

test('[UP4] [NU10] what builds on something else is unknown, and fine once that is here', () => {
  const late = update(lane(bob, 1, after(bob, 0, 'b')))
  const here = known()
  expect(verdictOf(late, {}, here)).toBe('unknown')
  expect(verdictOf(mine(after(9, 0, 'x')), {}, here)).toBe('unknown')
  expect(verdictOf(mine(after(ada, 5, 'x')), {}, here)).toBe('unknown')
  expect(verdictOf(mine(text('x', all(uint(0), uint(9), uint(0)))), {}, here)).toBe('unknown')
  expect(verdictOf(mine(text('a', inTitle)), {}, here)).toBe('fine')
  expect(verdictOf(late, {}, here)).toBe('fine')
})

test('[UP4] what could not be right anywhere is refused', () => {
  expect(verdictOf(mine(after(bob, 0, 'x')))).toBe('depends-on-itself')
  const two = { clients: [bob, 9] }
  const ring = update(lane(bob, 0, after(9, 0, 'x')), lane(9, 0, after(bob, 0, 'y')))
  expect(verdictOf(ring, two)).toBe('depends-on-itself')
  const chain = update(
    lane(bob, 0, after(9, 0, 'x')),
    lane(9, 0, after(ada, 0, 'y'), after(bob, 0, 'z'))
  )
  expect(verdictOf(chain, two)).toBe('fine')
  expect(verdictOf(mine(between([ada, 0], [0, 0])))).toBe('list-crossed')
})

test('[UP4] overlap is taken whole', () => {
  const here = known()
  const first = mine(text('abc', inTitle))
  for (const again of [first, first, mine(text('abcdef', inTitle))]) {
    expect(verdictOf(again, {}, here)).toBe('fine')
  }
  expect(endOf(here, bob)).toBe(6)
  // What is known already must still build on what is known: Yjs would wait for it for ever.
  expect(verdictOf(mine(after(9, 9, 'abc')), {}, here)).toBe('unknown')
})

test('[UP5] only what is known is deleted, in order', () => {
  expect(verdictOf(updateWith(deletes(ranges(ada, 1, 2, 3, 1))))).toBe('fine')
  // Eleven bytes that would delete all Ada ever types.
  expect(verdictOf(updateWith(deletes(ranges(ada, 5, 2 ** 30))))).toBe('unknown')
  expect(verdictOf(updateWith(deletes(ranges(ada, 2, 1, 0, 1))))).toBe('deletes-unordered')
  expect(verdictOf(updateWith(deletes(ranges(ada, 0, 2, 1, 2))))).toBe('deletes-unordered')
  expect(verdictOf(updateWith(deletes(ranges(ada, 0, 1), ranges(ada, 2, 1))))).toBe('client-twice')
  expect(verdictOf(updateWith(deletes(ranges(bob, 0, 1)), lane(bob, 0, after(ada, 4, 'x'))))).toBe(
    'fine'
  )
})

test('[UP5] a comment is deleted by nobody but its person', () => {
  const events = all(uint(1), string('events'))
  const here = createKnown()
  learnUpdate(here, update(lane(ada, 0, value(events, raw(126)))), 'comments')
  setPerson(here, ada, personFor(ada))
  const deletion = updateWith(deletes(ranges(ada, 0, 1)))
  const channel = 'comments'
  expect(verdictOf(deletion, { channel }, here)).toBe('deletes-of-others')
  const byAda = { channel, person: personFor(ada), clients: [9] } as const
  expect(verdictOf(deletion, byAda, here)).toBe('fine')
  expect(verdictOf(mine(text('x', inTitle)), { channel }, here)).toBe('root-not-allowed')
})

test('[UP6] a client that inserts twice between the same neighbours is refused', () => {
  expect(verdictOf(mine(after(ada, 4, 'x'), after(ada, 4, 'y')))).toBe('anchor-twice')
  expect(verdictOf(mine(text('x', inTitle), text('y', inTitle)))).toBe('anchor-twice')
  expect(verdictOf(mine(after(ada, 4, 'x'), between([ada, 4], [bob, 0])))).toBe('fine')
})

test('[UP7] an update is bounded in what it makes a reader do', () => {
  const many = (count: number): Uint8Array =>
    mine(text('a', inTitle), ...Array.from({ length: count - 1 }, (_, at) => after(bob, at, 'a')))
  expect(verdictOf(many(structsPerUpdateMax))).toBe('fine')
  expect(verdictOf(many(structsPerUpdateMax + 1))).toBe('too-many-structs')
  expect(verdictOf(mine(all(raw(0), uint(clockAdvanceMax))))).toBe('fine')
  expect(verdictOf(mine(all(raw(0), uint(clockAdvanceMax + 1))))).toBe('clock-range')
  // Counts of what does not follow: Yjs would make a list of that size first.
  expect(verdictOf(encoding.encode(all(uint(1), uint(33_000_000), uint(bob))))).toBe(
    'too-many-structs'
  )
  const lanes = Array.from({ length: 5_000 }, (_, at) =>
    lane(100 + at, 0, at === 4_999 ? after(ada, 4, 'x') : after(101 + at, 0, 'x'))
  )
  const clients = lanes.map((_, at) => 100 + at)
  expect(verdictOf(update(...lanes), { clients })).toBe('fine')
  expect(verdictOf(update(...lanes.reverse()), { clients })).toBe('fine')
})

test('[UP8] a person gives back what is their own, or nobody is known to own', () => {
  const own = update(lane(ada, 5, after(ada, 4, '!')))
  expect(verdictOf(own, { clients: [], person: personFor(ada) })).toBe('fine')
  expect(verdictOf(mine(after(ada, 4, '!')), { clients: [] })).toBe('fine')
})

test('[UP8] only a restored log is given back what others wrote', () => {
  const others = update(lane(ada, 5, after(ada, 4, '!')))
  expect(verdictOf(others, { clients: [] })).toBe('unknown')
  expect(verdictOf(others, { clients: [], healing: true })).toBe('fine')
  const harmful = updateWith(deletes(ranges(ada, 0, 99)), lane(ada, 5, after(ada, 4, '!')))
  expect(verdictOf(harmful, { clients: [], healing: true })).toBe('unknown')
})

test('what a restart reads from the log is what was known before it', () => {
  const doc = new Y.Doc()
  doc.clientID = bob
  Y.applyUpdate(doc, entryZero)
  const here = known()
  doc.on('update', (bytes: Uint8Array) => expect(verdictOf(bytes, {}, here)).toBe('fine'))
  const body = doc.getXmlFragment('body')
  body.insert(1, [new Y.XmlElement('paragraph')])
  const paragraph = body.get(1) as Y.XmlElement
  paragraph.insert(0, [new Y.XmlText('words')])
  paragraph.setAttribute('level', '2')
  body.delete(1, 1)
  const again = createKnown()
  learnUpdate(again, entryZero, 'content')
  learnUpdate(again, Y.encodeStateAsUpdate(doc), 'content')
  expect(endOf(again, bob)).toBe(endOf(here, bob))
})

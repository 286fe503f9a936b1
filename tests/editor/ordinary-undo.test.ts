// What undo puts back stands at the same place in every replica.
import * as Y from 'yjs'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { keepOrdinary } from '../../app/editor/ordinary-undo'

const network = 'network'
const typed = 'typed'

type Person = { readonly doc: Y.Doc; readonly body: Y.XmlFragment; readonly undo: Y.UndoManager }

function person(client: number, isGuarded: boolean): Person {
  const doc = new Y.Doc()
  Y.applyUpdate(doc, firstText(), network)
  doc.clientID = client
  const body = doc.getXmlFragment('body')
  const options = { captureTimeout: Number.MAX_SAFE_INTEGER, trackedOrigins: new Set([typed]) }
  const undo = new Y.UndoManager(body, options)
  if (isGuarded) keepOrdinary(undo)
  return { doc, body, undo }
}

function firstText(): Uint8Array {
  const doc = new Y.Doc()
  doc.clientID = 9
  const text = new Y.XmlText()
  text.insert(0, 'ab')
  doc.getXmlFragment('body').insert(0, [text])
  return Y.encodeStateAsUpdate(doc)
}

/** Two people whose updates wait until `meet`. */
function two(isGuarded: boolean) {
  const people = [person(1, isGuarded), person(2, isGuarded)] as const
  const waiting: [Uint8Array[], Uint8Array[]] = [[], []]
  for (const [index, { doc }] of people.entries()) {
    doc.on('update', (update: Uint8Array, origin: unknown) => {
      if (origin !== network) waiting[index === 0 ? 1 : 0].push(update)
    })
  }
  const hear = (index: 0 | 1): void => {
    for (const update of waiting[index].splice(0)) {
      Y.applyUpdate(people[index].doc, update, network)
    }
  }
  return { people, hear }
}

function edit({ doc, body }: Person, change: (text: Y.XmlText, body: Y.XmlFragment) => void): void {
  const first = body.length === 0 ? null : body.get(0)
  if (first instanceof Y.XmlText) doc.transact(() => change(first, body), typed)
}

/** A text that one deletes in part and whole, and another writes in; undone at once. */
function pinnedPattern(isGuarded: boolean): string[] {
  const { people, hear } = two(isGuarded)
  const [ada, bo] = people
  edit(ada, (text) => text.delete(1, 1))
  edit(bo, (text) => text.insert(1, 'k'))
  ada.undo.undo()
  hear(0)
  edit(ada, (_, body) => body.delete(0, 1))
  ada.undo.undo()
  for (const index of [0, 1, 0, 1] as const) hear(index)
  const fresh = new Y.Doc()
  Y.applyUpdate(fresh, Y.encodeStateAsUpdate(ada.doc))
  return [ada.body, bo.body, fresh.getXmlFragment('body')].map((body) => body.toString())
}

describe('what an undo puts back', () => {
  it('stands in one place everywhere, also between neighbours that have changed sides', () => {
    const [ada, bo, fresh] = pinnedPattern(true)
    expect(bo).toBe(ada)
    expect(fresh).toBe(ada)
    expect(ada).toContain('k')
  })

  it('would not, as Yjs puts it back', () => {
    const [ada, bo] = pinnedPattern(false)
    expect(bo).not.toBe(ada)
  })

  it('stands in one place after any edits of two people', () => {
    const kinds = ['insert', 'insert', 'delete', 'undo', 'undo', 'redo', 'hear', 'remove', 'step']
    const act = fc.record({ who: fc.nat(1), kind: fc.constantFrom(...kinds), at: fc.nat(30) })
    fc.assert(
      fc.property(fc.array(act, { minLength: 6, maxLength: 30 }), (acts) => {
        const { people, hear } = two(true)
        for (const { who, kind, at } of acts) perform(people[who]!, who as 0 | 1, kind, at, hear)
        for (const index of [0, 1, 0, 1] as const) hear(index)
        expect(people[1].body.toString()).toBe(people[0].body.toString())
      }),
      { numRuns: 500 }
    )
  })
})

function perform(
  who: Person,
  index: 0 | 1,
  kind: string,
  at: number,
  hear: (index: 0 | 1) => void
) {
  if (kind === 'undo') who.undo.undo()
  else if (kind === 'redo') who.undo.redo()
  else if (kind === 'step') who.undo.stopCapturing()
  else if (kind === 'hear') hear(index)
  else if (kind === 'remove') edit(who, (_, body) => body.delete(0, 1))
  else if (kind === 'insert')
    edit(who, (text) => text.insert(at % (text.length + 1), 'xyz'[at % 3]!))
  else
    edit(who, (text) => {
      if (text.length > 0)
        text.delete(at % text.length, Math.min(2, text.length - (at % text.length)))
    })
}

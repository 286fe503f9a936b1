// @vitest-environment jsdom
// Nothing that honest people write is refused: seeded sessions in every way that the app writes.
import { TextSelection } from 'prosemirror-state'
import { afterEach, expect, test } from 'vitest'
import type { CommandName } from '../../app/editor/commands'
import { clearDesks, writer, type Writer } from '../editor/test-bed'
import { createSeeded, type Seeded } from '../protocol/seeded'
import { createCheckedLog, type CheckedLog } from './relay-double'
import { liveHonestly, type Tally } from './yjs-people'

afterEach(clearDesks)

const tenths = Array.from({ length: 10 }, (_, at) => at + 1)

test.each(tenths)('a tenth of 50,000 updates of people who write, offline and on: %i', (tenth) => {
  const tally: Tally = { checked: 0, refused: [] }
  for (let seed = tenth * 1_000; tally.checked < 5_000; seed++) {
    liveHonestly(seed, createSeeded(seed), tally, 600)
  }
  expect(tally.refused).toEqual([])
})

test('2,000 updates of editors: keys, marks, lists, undo, and what receivers tidy up', () => {
  const tally: Tally = { checked: 0, refused: [] }
  for (let seed = 1; tally.checked < 2_000; seed++) editTogether(seed, tally)
  expect(tally.refused).toEqual([])
})

const commands: readonly CommandName[] = [
  ...(['bold', 'code', 'italic', 'quote', 'rule', 'bullet-list', 'task-list'] as const),
  ...(['ordered-list', 'heading-2', 'code-block', 'paragraph', 'undo', 'redo'] as const)
]

type Person = { readonly desk: Writer; readonly unsent: Uint8Array[]; read: number }

function editTogether(seed: number, tally: Tally): void {
  const random = createSeeded(seed)
  const log = createCheckedLog()
  const people = [1, 2, 3].map((number): Person => {
    const desk = writer()
    desk.doc.clientID = seed * 10 + number
    const person: Person = { desk, unsent: [], read: 0 }
    desk.doc.on('update', (update: Uint8Array, _origin, _doc, { local }) => {
      if (local) person.unsent.push(update)
    })
    return person
  })
  for (let step = 0; step < 60; step++) {
    const person = people[random.below(people.length)]!
    act(person.desk, random)
    if (random.below(3) === 0) meet(person, log, seed, tally)
  }
  // What receivers tidy up is theirs to send too.
  for (const person of [...people, ...people]) meet(person, log, seed, tally)
  clearDesks()
}

function meet(person: Person, log: CheckedLog, seed: number, tally: Tally): void {
  const { desk, unsent } = person
  const clients = [desk.doc.clientID]
  for (const update of unsent.splice(0)) {
    const verdict = log.push(update, clients)
    tally.checked += 1
    if (verdict !== 'fine') tally.refused.push(`seed ${seed}: ${verdict}`)
  }
  const { length } = log.entries
  for (const update of log.entries.slice(person.read)) desk.receive(update)
  person.read = length
}

function act(desk: Writer, random: Seeded): void {
  const { view } = desk.editor
  const { doc, tr } = view.state
  const place = () => doc.resolve(random.below(doc.content.size + 1))
  view.dispatch(tr.setSelection(TextSelection.between(place(), place())))
  const kind = random.below(12)
  if (kind < 4) desk.type(['ab', '😀', '- ', '1. '][kind]!)
  else if (kind < 7) desk.press(['Enter', 'Backspace', 'Tab'][kind - 4]!)
  else if (kind === 7) desk.paste('<p>one <b>two</b></p><ul><li>three</li></ul>')
  else desk.editor.run(commands[random.below(commands.length)]!)
}

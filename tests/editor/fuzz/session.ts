// One seeded session of three people and a viewer on one document, and what must hold at its end.
import * as Y from 'yjs'
import { leaveUntidied } from '../../../app/replica/reader'
import { createChance, type Chance } from '../../simulation/chance'
import { clearDesks, writer, type Writer } from '../test-bed'
import { gentle, pickAct, rough, selectAnywhere } from './acts'
import { breakHearing, breakSomething, type Fault } from './faults'
import { layNothingOut } from './layout'
import { connectBadly } from './network'
import { plantIn, type PlantName } from './plants'
import { wrongAtRest, wrongShown } from './rest'

export type Outcome = {
  readonly seed: number
  /** What does not hold; null for a session that ended well. */
  readonly wrong: string | null
  readonly trace: readonly string[]
  readonly undone: number
  readonly broken: number
}

const stepsPerSession = 60

/** Runs one seed, with a bug planted or without. */
export async function runSession(seed: number, plant: PlantName | null = null): Promise<Outcome> {
  layNothingOut()
  const chance = createChance(seed)
  const session = openSession(chance, plant)
  try {
    await session.play()
    return { seed, ...session.result() }
  } finally {
    clearDesks()
  }
}

function openSession(chance: Chance, plant: PlantName | null) {
  // Every third session takes no text away, so that each word in it must be there at the end.
  const isGentle = chance.happens(0.33)
  const hasFaults = chance.happens(0.4)
  const people = ['Ada', 'Bo', 'Cy', 'a viewer'].map((name) => seat(name, chance))
  if (plant !== null) people.forEach(plantIn(plant))
  const network = connectBadly({ people, chance, disorderly: !isGentle && chance.happens(0.3) })
  const trace: string[] = []
  const typed = new Set<string>()
  let made = 0
  let [undone, broken, wrong] = [0, 0, null as string | null]

  const words = (): string => {
    const first = 0x4e00 + 2 * made++
    const word = String.fromCharCode(first, first + 1)
    typed.add(word)
    return word
  }

  function begin(fault: Fault): Fault {
    trace.push(`  ${fault.name} throws`)
    broken++
    return fault
  }

  /** Somebody hears what waits for them, and it throws on the way to their eyes: they see it all the same. */
  function hearBroken(): void {
    const who = chance.pick(people)
    trace.push(`${people.indexOf(who)} hears`)
    const fault = begin(breakHearing(who, chance))
    try {
      network.deliverTo(who, 1 + chance.below(12))
    } catch (cause) {
      if (!fault.isCause(cause)) throw cause
    }
    fault.stop()
    if (fault.wasReached()) wrong = wrongShown(who)
  }

  function step(): void {
    const who = people[chance.below(3)] as Writer
    if (chance.happens(0.7)) selectAnywhere(who, chance, isGentle)
    if (chance.happens(0.4)) who.undo.stopCapturing()
    const [, name, act] = pickAct(isGentle ? gentle : rough, chance)
    const { from, to } = who.editor.view.state.selection
    trace.push(`${people.indexOf(who)} ${name} ${from}-${to}`)
    if (name === 'undo' || name === 'redo') undone++
    const fault = hasFaults && chance.happens(0.08) ? begin(breakSomething(who, chance)) : null
    const before = [...typed]
    try {
      act(who, chance, words)
    } catch (cause) {
      if (fault === null || !fault.isCause(cause)) throw cause
      // A key that failed, and was told of, was not typed.
      for (const word of typed) if (!before.includes(word)) typed.delete(word)
    }
    if (chance.happens(0.5)) {
      trace.push('  meet')
      network.deliverSome()
    }
    fault?.stop()
  }

  return {
    async play() {
      for (let left = stepsPerSession; left > 0 && wrong === null; left--) {
        if (hasFaults && chance.happens(0.08)) hearBroken()
        else step()
        // A view that threw while it wrote is rendered anew in a microtask.
        await Promise.resolve()
      }
      if (wrong !== null) return
      if (!network.deliverAll()) wrong = 'the replicas find no end of answering each other'
      await Promise.resolve()
      if (!network.deliverAll()) wrong = 'the replicas find no end of answering each other'
      wrong ??= wrongAtRest(people, { mustShow: isGentle ? typed : new Set(), hasFaults })
    },
    result: () => ({ wrong, trace, undone, broken })
  }
}

function seat(name: string, chance: Chance): Writer {
  const doc = new Y.Doc()
  doc.clientID = chance.below(2 ** 32)
  const editable = name !== 'a viewer'
  leaveUntidied(doc, () => editable)
  // Steps to undo end by chance and not by the time that has passed.
  return writer({ name, doc, editable, captureTimeout: Number.MAX_SAFE_INTEGER })
}

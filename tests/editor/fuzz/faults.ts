// Breaks an editor once: something throws while it shows, writes or is told of a change.
import type { Chance } from '../../simulation/chance'
import type { Writer } from '../test-bed'

export type Fault = {
  readonly name: string
  isCause(cause: unknown): boolean
  /** Whether it has thrown. */
  wasReached(): boolean
  /** To be called after the step: what was not reached stays whole. */
  stop(): unknown
}

/** The next change of the writer's view or document throws. */
export function breakSomething(who: Writer, chance: Chance): Fault {
  if (chance.happens(0.4)) return breakState(who)
  return chance.happens(0.5) ? breakView(who) : breakDocument(who)
}

/** The next change that the writer hears of throws, when all of it is in the document. */
export function breakHearing(who: Writer, chance: Chance): Fault {
  return chance.pick([breakState, breakView, breakListener])(who)
}

/** Nothing of the change is shown: the next key would take back what others wrote. */
function breakState({ editor: { view } }: Writer): Fault {
  const { fault, fail } = begin('the state', () => Reflect.deleteProperty(view, 'updateState'))
  view.updateState = fail
  return fault
}

function breakView({ editor }: Writer): Fault {
  const { fault, fail } = begin('the view', () => stop())
  const stop = editor.watch(fail)
  return fault
}

function breakDocument({ doc }: Writer): Fault {
  const { transact } = doc
  const { fault, fail } = begin('the document', () => {
    doc.transact = transact
  })
  doc.transact = fail
  return fault
}

/** Somebody else who listens to the text, as its outline or its undo do. */
function breakListener({ body }: Writer): Fault {
  let listens = true
  const { fault, fail } = begin('a listener', () => {
    if (listens) body.unobserveDeep(fail)
    listens = false
  })
  body.observeDeep(fail)
  return fault
}

/** A fault that is over once `fail` was called. */
function begin(name: string, stop: () => unknown): { fault: Fault; fail: () => never } {
  const thrown = new Error('Broken on purpose')
  let reached = false
  return {
    fault: { name, isCause: (cause) => cause === thrown, wasReached: () => reached, stop },
    fail() {
      reached = true
      stop()
      throw thrown
    }
  }
}

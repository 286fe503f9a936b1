// Breaks an editor once: something throws while it shows or writes a change.
import type { Chance } from '../../simulation/chance'
import type { Writer } from '../test-bed'

export type Fault = {
  readonly name: string
  isCause(cause: unknown): boolean
  /** To be called after the step: what was not reached stays whole. */
  stop(): unknown
}

/** The next change of the writer's view or document throws. */
export function breakSomething({ editor, doc }: Writer, chance: Chance): Fault {
  const thrown = new Error('Broken on purpose')
  const isCause = (cause: unknown) => cause === thrown
  if (chance.happens(0.4)) {
    const { view } = editor
    const stop = () => Reflect.deleteProperty(view, 'updateState')
    // Nothing of the change is shown: the next key would take back what others wrote.
    view.updateState = () => {
      stop()
      throw thrown
    }
    return { name: 'the state', isCause, stop }
  }
  if (chance.happens(0.5)) {
    const stop = editor.watch(() => {
      stop()
      throw thrown
    })
    return { name: 'the view', isCause, stop }
  }
  const { transact } = doc
  const stop = () => {
    doc.transact = transact
  }
  doc.transact = () => {
    stop()
    throw thrown
  }
  return { name: 'the document', isCause, stop }
}

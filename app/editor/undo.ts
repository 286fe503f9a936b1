// Collaborative undo: the caller's Y.UndoManager, taught what the editor's changes are.
import { Plugin, type EditorState } from 'prosemirror-state'
import {
  defaultDeleteFilter,
  redoCommand,
  undoCommand,
  ySyncPluginKey,
  yUndoPlugin,
  yUndoPluginKey
} from 'y-prosemirror'
import type * as Y from 'yjs'
import { nodes } from './nodes'
import { keepOrdinary } from './ordinary-undo'

// An element that others have written in is not taken away by undoing its making.
const keptElements = new Set(Object.keys(nodes))

/**
 * The undo plugin on a manager that stays its owner's: the manager tracks what this editor types,
 * and neither the plugin's end nor a second editor on the same document destroys it.
 */
export function undoPlugin(undo: Y.UndoManager): Plugin {
  undo.addTrackedOrigin(ySyncPluginKey)
  undo.deleteFilter = (item) => defaultDeleteFilter(item, keptElements)
  undo.captureTransaction = (transaction) => transaction.meta.get('addToHistory') !== false
  return yUndoPlugin({ undoManager: borrowed(undo) })
}

/** The same manager, but its `destroy` only takes off the listeners that were added through it. */
function borrowed(undo: Y.UndoManager): Y.UndoManager {
  const added = [keepOrdinary(undo)]
  const on: Y.UndoManager['on'] = (name, listener) => {
    added.push(() => undo.off(name, listener))
    return undo.on(name, listener)
  }
  const destroy = () => {
    for (const remove of added.splice(0)) remove()
  }
  return new Proxy(undo, {
    get(target, property) {
      if (property === 'on') return on
      if (property === 'destroy') return destroy
      const value: unknown = Reflect.get(target, property, target)
      return typeof value === 'function' ? value.bind(target) : value
    }
  })
}

/** Makes what follows a step of its own to undo: before a paste, a drop or a change of blocks. */
export function beginUndoStep(state: EditorState): void {
  yUndoPluginKey.getState(state)?.undoManager.stopCapturing()
}

/** Undo from a menu or a gesture: the browser's own knows nothing of other people. */
export const historyInput = (): Plugin =>
  new Plugin({
    props: {
      handleDOMEvents: {
        beforeinput(view, event) {
          if (event.inputType !== 'historyUndo' && event.inputType !== 'historyRedo') return false
          event.preventDefault()
          const command = event.inputType === 'historyUndo' ? undoCommand : redoCommand
          command(view.state, view.dispatch)
          return true
        }
      }
    }
  })

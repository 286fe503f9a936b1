// Which key does what: the named commands' shortcuts, and the keys of writing itself.
import {
  baseKeymap,
  chainCommands,
  exitCode,
  splitBlockKeepMarks,
  createParagraphNear,
  liftEmptyBlock,
  newlineInCode
} from 'prosemirror-commands'
import { undoInputRule } from 'prosemirror-inputrules'
import { keymap } from 'prosemirror-keymap'
import { Plugin, type Command } from 'prosemirror-state'
import { indentCode, leaveDownwards, openFence, outdentCode, plainAtStart } from './blocks'
import { commands } from './commands'
import { documentEnds } from './document-ends'
import { liftAtStart, liftItem, sinkItem, splitItem, toggleTask } from './lists'
import { schema } from './schema'

const hardBreak: Command = chainCommands(newlineInCode, (state, dispatch) => {
  if (!state.selection.$from.parent.inlineContent) return false
  dispatch?.(state.tr.replaceSelectionWith(schema.nodes.hard_break.create()).scrollIntoView())
  return true
})

// Claims the key also where nothing is left: the browser's own undo knows nothing of other people.
const claim = (command: Command): Command => chainCommands(command, () => true)

const shortcuts = Object.fromEntries(
  Object.values(commands).flatMap(({ keys, run }) => keys.map((key) => [key, claim(run)]))
)

const backspace = chainCommands(undoInputRule, plainAtStart, liftAtStart)

const writing: Readonly<Record<string, Command>> = {
  Enter: chainCommands(
    newlineInCode,
    openFence,
    splitItem,
    createParagraphNear,
    liftEmptyBlock,
    splitBlockKeepMarks
  ),
  'Shift-Enter': hardBreak,
  'Mod-Enter': chainCommands(exitCode, toggleTask, leaveDownwards),
  Backspace: backspace,
  'Mod-Backspace': backspace,
  'Shift-Backspace': backspace,
  ArrowDown: leaveDownwards
}

const indenting: Readonly<Record<string, Command>> = {
  Tab: chainCommands(sinkItem, indentCode),
  'Shift-Tab': chainCommands(liftItem, outdentCode)
}

/** Tab indents, but after Escape it leaves the text, so that nobody is caught in a list. */
function indentationKeys(): Plugin {
  const { handleKeyDown } = keymap(indenting).props
  let leaving = false
  return new Plugin({
    props: {
      handleKeyDown(view, event) {
        if (event.key === 'Tab' && !leaving) return handleKeyDown?.call(this, view, event) ?? false
        // Shift goes down before Shift-Tab does.
        if (event.key !== 'Shift') leaving = event.key === 'Escape'
        return false
      },
      handleDOMEvents: {
        blur() {
          leaving = false
        }
      }
    }
  })
}

/** All keys, the most particular first. */
export const keymaps = (): Plugin[] => [
  keymap(shortcuts),
  indentationKeys(),
  keymap(writing),
  keymap(documentEnds),
  keymap(baseKeymap)
]

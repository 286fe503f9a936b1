// Every command by name, so that toolbar, shortcuts and menus do the same thing the same way.
import { toggleMark } from 'prosemirror-commands'
import type { Command, EditorState } from 'prosemirror-state'
import { redoCommand, undoCommand } from 'y-prosemirror'
import {
  isCode,
  isHeading,
  isParagraph,
  isQuote,
  insertRule,
  toCode,
  toHeading,
  toParagraph,
  toggleQuote
} from './blocks'
import { linkAtSelection, openLink, canLink } from './links'
import { isInList, toggleList } from './lists'
import { schema, type MarkName } from './schema'
import { beginUndoStep } from './undo'

export type CommandName =
  | 'paragraph'
  | 'heading-1'
  | 'heading-2'
  | 'heading-3'
  | 'bold'
  | 'italic'
  | 'underline'
  | 'strike'
  | 'code'
  | 'link'
  | 'bullet-list'
  | 'ordered-list'
  | 'task-list'
  | 'quote'
  | 'code-block'
  | 'rule'
  | 'undo'
  | 'redo'

export type EditorCommand = {
  /** What a person reads. */
  readonly label: string
  /** Keys in prosemirror-keymap's form; the first is the one shown. */
  readonly keys: readonly string[]
  readonly run: Command
  /** Whether the selection already has it; null for a command that has no such state. */
  readonly active: ((state: EditorState) => boolean) | null
  readonly enabled: (state: EditorState) => boolean
}

type Options = Partial<Pick<EditorCommand, 'keys' | 'active' | 'enabled'>>

function command(label: string, run: Command, options: Options = {}): EditorCommand {
  const { keys = [], active = null, enabled = (state) => run(state) } = options
  return { label, keys, run, active, enabled }
}

/** A command that changes blocks: a step of its own to undo. */
function blockCommand(label: string, run: Command, options: Options = {}): EditorCommand {
  const asStep: Command = (state, dispatch, view) => {
    if (dispatch === undefined) return run(state)
    beginUndoStep(state)
    const done = run(state, dispatch, view)
    // What is typed next is another step, too.
    beginUndoStep(state)
    return done
  }
  return command(label, asStep, options)
}

function markCommand(label: string, name: MarkName, keys: readonly string[]): EditorCommand {
  const type = schema.marks[name]
  const active = ({ selection, storedMarks, doc }: EditorState) => {
    const { from, to, empty, $from } = selection
    if (empty) return type.isInSet(storedMarks ?? $from.marks()) !== undefined
    return doc.rangeHasMark(from, to, type)
  }
  // Bold all of it first where a part is bold: what people expect of a toolbar.
  const run = toggleMark(type, null, { removeWhenPresent: false, includeWhitespace: false })
  return command(label, run, { keys, active })
}

const heading = (level: number) =>
  blockCommand(`Heading ${level}`, toHeading(level), {
    keys: [`Mod-Alt-${level}`],
    active: isHeading(level),
    // A heading is also what a heading can become again: the menu offers it everywhere but in code.
    enabled: (state) => isHeading(level)(state) || toHeading(level)(state)
  })

const list = (name: 'bullet_list' | 'ordered_list' | 'task_list', label: string, key: string) =>
  blockCommand(label, toggleList(schema.nodes[name]), {
    keys: [key],
    active: isInList(schema.nodes[name])
  })

export const commands: Readonly<Record<CommandName, EditorCommand>> = {
  paragraph: blockCommand('Text', toParagraph, {
    keys: ['Mod-Alt-0'],
    active: isParagraph,
    enabled: (state) => isParagraph(state) || toParagraph(state)
  }),
  'heading-1': heading(1),
  'heading-2': heading(2),
  'heading-3': heading(3),
  bold: markCommand('Bold', 'bold', ['Mod-b']),
  italic: markCommand('Italic', 'italic', ['Mod-i']),
  underline: markCommand('Underline', 'underline', ['Mod-u']),
  strike: markCommand('Strikethrough', 'strike', ['Mod-Shift-x', 'Mod-Shift-s']),
  code: markCommand('Code', 'code', ['Mod-e']),
  link: command('Link', openLink, {
    keys: ['Mod-k'],
    active: (state) => linkAtSelection(state) !== null,
    enabled: canLink
  }),
  'bullet-list': list('bullet_list', 'Bulleted list', 'Mod-Shift-8'),
  'ordered-list': list('ordered_list', 'Numbered list', 'Mod-Shift-7'),
  'task-list': list('task_list', 'Task list', 'Mod-Shift-9'),
  quote: blockCommand('Quote', toggleQuote, { keys: ['Mod-Shift-.'], active: isQuote }),
  'code-block': blockCommand('Code block', toCode, { keys: ['Mod-Alt-c'], active: isCode }),
  rule: blockCommand('Divider', insertRule),
  undo: command('Undo', undoCommand, { keys: ['Mod-z'] }),
  redo: command('Redo', redoCommand, { keys: ['Mod-Shift-z', 'Mod-y'] })
}

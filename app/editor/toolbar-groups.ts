// What the toolbar holds, in order; the rest of a command's facts are the command's own.
import {
  Bold,
  Code,
  Heading1,
  Heading2,
  Heading3,
  Italic,
  Link,
  List,
  ListOrdered,
  ListTodo,
  Minus,
  Pilcrow,
  Redo2,
  SquareCode,
  Strikethrough,
  TextQuote,
  Underline,
  Undo2,
  type IconNode
} from 'lucide'
import type { CommandName } from './commands'

export type Tool = { readonly name: CommandName; readonly icon: IconNode }

export const blockTools: readonly Tool[] = [
  { name: 'paragraph', icon: Pilcrow },
  { name: 'heading-1', icon: Heading1 },
  { name: 'heading-2', icon: Heading2 },
  { name: 'heading-3', icon: Heading3 }
]

/** Groups with a line between them; the block menu stands before the first. */
export const toolGroups: readonly (readonly Tool[])[] = [
  [
    { name: 'bold', icon: Bold },
    { name: 'italic', icon: Italic },
    { name: 'underline', icon: Underline },
    { name: 'strike', icon: Strikethrough },
    { name: 'code', icon: Code },
    { name: 'link', icon: Link }
  ],
  [
    { name: 'bullet-list', icon: List },
    { name: 'ordered-list', icon: ListOrdered },
    { name: 'task-list', icon: ListTodo }
  ],
  [
    { name: 'quote', icon: TextQuote },
    { name: 'code-block', icon: SquareCode },
    { name: 'rule', icon: Minus }
  ],
  [
    { name: 'undo', icon: Undo2 },
    { name: 'redo', icon: Redo2 }
  ]
]

// What a person can do in an editor, by chance: every kind of command, and places to do it at.
import { Slice } from 'prosemirror-model'
import { NodeSelection, Selection, TextSelection } from 'prosemirror-state'
import { dropPoint } from 'prosemirror-transform'
import type { CommandName } from '../../../app/editor/commands'
import { removeLink, setLink } from '../../../app/editor/links'
import type { Chance } from '../../simulation/chance'
import type { Writer } from '../test-bed'

/** How a person does something at the selection; `words` are letters nobody else writes. */
type Act = (who: Writer, chance: Chance, words: () => string) => unknown

/** Characters of two units, of many code points, and ones that share a half with another. */
const wide = ['😀', '😁', '👩‍👩‍👧‍👦', '🇩🇪', '🇩🇰', '👍🏽', '𝔘', '𐐷', 'é', '🏳️‍🌈'] as const

const markdown = ['# ', '- ', '1. ', '> ', '[ ] ', '```ts ', '**b** ', '`c` ', '---'] as const

const pasted = [
  '<p>one <b>two</b></p><p>three</p>',
  '<ul><li>a<ul><li>b</li></ul></li></ul>',
  '<p>a<br>b 😀</p><hr><pre>code 𝔘</pre>',
  '<blockquote><h2>q</h2></blockquote>',
  'words'
] as const

const command =
  (...names: readonly CommandName[]): Act =>
  (who, chance) =>
    who.editor.run(chance.pick(names))

const press =
  (...keys: readonly string[]): Act =>
  (who, chance) =>
    who.press(chance.pick(keys))

/** Takes the selected text or node to another place, as dragging does. */
const drag: Act = ({ editor: { view } }, chance) => {
  const { selection, doc, tr } = view.state
  if (selection.empty) return
  const slice = selection.content()
  const to = chance.below(doc.content.size + 1)
  if (to >= selection.from && to <= selection.to) return
  const at = dropPoint(doc, to, slice)
  tr.deleteSelection()
  const target = tr.mapping.map(at ?? to)
  const whole = slice.openStart === 0 && slice.openEnd === 0
  if (whole && slice.content.childCount === 1)
    tr.replaceRangeWith(target, target, slice.content.firstChild!)
  else tr.replaceRange(target, target, new Slice(slice.content, slice.openStart, slice.openEnd))
  view.dispatch(tr)
}

const type: Act = (who, _, words) => who.type(words())
const typeWide: Act = (who, chance) => who.type(chance.pick(wide))
const remove: Act = ({ editor: { view } }) => view.dispatch(view.state.tr.deleteSelection())

/** Backspace or Delete within a text, as the browser does it: a character of any width. */
const erase: Act = ({ editor: { view } }, chance) => {
  const { $head, empty } = view.state.selection
  if (!empty || !$head.parent.isTextblock) return
  const backwards = chance.happens(0.5)
  const text = backwards ? $head.nodeBefore?.text : $head.nodeAfter?.text
  const character = backwards ? [...(text ?? '')].at(-1) : [...(text ?? '')][0]
  const { length } = character ?? ''
  if (length === 0) return
  const from = backwards ? $head.pos - length : $head.pos
  view.dispatch(view.state.tr.delete(from, from + length))
}

/** What takes no text away from anybody. */
export const gentle: readonly (readonly [weight: number, name: string, act: Act])[] = [
  [14, 'type', type],
  [8, 'split', press('Enter')],
  [4, 'break', press('Shift-Enter')],
  [4, 'leave', press('Mod-Enter', 'ArrowDown')],
  [5, 'sink', press('Tab')],
  [5, 'lift', press('Shift-Tab')],
  [8, 'list', command('bullet-list', 'ordered-list', 'task-list')],
  [4, 'quote', command('quote')],
  [5, 'block', command('heading-1', 'heading-2', 'heading-3', 'paragraph')],
  [3, 'code', command('code-block')],
  [3, 'rule', command('rule')],
  [8, 'mark', command('bold', 'italic', 'underline', 'strike', 'code')]
]

/** All of the above, and what may take text away; undo and redo are more than a quarter of it. */
export const rough: typeof gentle = [
  ...gentle,
  [10, 'wide', typeWide],
  [5, 'markdown', (who, chance) => who.type(chance.pick(markdown))],
  [8, 'erase', erase],
  [6, 'remove', remove],
  [6, 'join', press('Backspace', 'Delete')],
  [4, 'paste', (who, chance) => who.paste(chance.pick(pasted))],
  [4, 'drag', drag],
  [3, 'link', ({ editor: { view } }) => setLink('https://a.example/')(view.state, view.dispatch)],
  [1, 'unlink', ({ editor: { view } }) => removeLink(view.state, view.dispatch)],
  [32, 'undo', command('undo')],
  [20, 'redo', command('redo')]
]

/** One of the acts, by weight. */
export function pickAct(acts: typeof gentle, chance: Chance): (typeof gentle)[number] {
  let left = chance.below(acts.reduce((sum, [weight]) => sum + weight, 0))
  const found = acts.find(([weight]) => (left -= weight) < 0)
  if (found === undefined) throw new Error('Nothing to pick from')
  return found
}

/**
 * Puts the selection somewhere, also in the middle of a character of two units; on a whole node at
 * times. Where nothing may be deleted it has no length, as what is typed would replace it.
 */
export function selectAnywhere({ editor: { view } }: Writer, chance: Chance, empty: boolean): void {
  const { doc, tr } = view.state
  const anchor = chance.below(doc.content.size + 1)
  const length = empty || chance.happens(0.5) ? 0 : chance.below(chance.pick([3, 8, 40]))
  const node = doc.nodeAt(anchor)
  if (!empty && node !== null && NodeSelection.isSelectable(node) && chance.happens(0.25)) {
    return view.dispatch(tr.setSelection(NodeSelection.create(doc, anchor)))
  }
  const $anchor = doc.resolve(anchor)
  const $head = doc.resolve(Math.min(anchor + length, doc.content.size))
  const selection = empty ? Selection.near($anchor) : TextSelection.between($anchor, $head)
  view.dispatch(tr.setSelection(empty ? textAt(selection) : selection))
}

/** Next to a rule a selection is of the rule itself: what is typed then would replace it. */
function textAt(selection: Selection): Selection {
  if (selection instanceof TextSelection) return selection
  return Selection.findFrom(selection.$to, 1, true) ?? Selection.atStart(selection.$from.doc)
}

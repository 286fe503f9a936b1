// Control+Home and Control+End: to the beginning and the end of the document.
//
// Chromium, which would do it itself, went to the beginning of the last line instead of its end when another person's caret
// had just been taken out of that line: what was typed next stood before the text and not behind it.
import { Selection, TextSelection, type Command } from 'prosemirror-state'

function goTo(end: 'start' | 'end', extend: boolean): Command {
  return ({ doc, tr, selection }, dispatch) => {
    const there = end === 'start' ? Selection.atStart(doc) : Selection.atEnd(doc)
    const to = extend ? TextSelection.between(selection.$anchor, there.$head) : there
    dispatch?.(tr.setSelection(to).scrollIntoView())
    return true
  }
}

export const documentEnds: Readonly<Record<string, Command>> = {
  'Ctrl-Home': goTo('start', false),
  'Ctrl-End': goTo('end', false),
  'Shift-Ctrl-Home': goTo('start', true),
  'Shift-Ctrl-End': goTo('end', true)
}

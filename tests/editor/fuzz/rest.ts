// What must hold when everything has been delivered: one document, shown by all, and nothing lost.
import * as Y from 'yjs'
import { renderBody } from '../../../app/editor/render'
import type { Writer } from '../test-bed'

export type Expected = {
  /** Words that nobody took away. */
  readonly mustShow: ReadonlySet<string>
  /** Whether editors were broken on purpose, and so had something to mend. */
  readonly hasFaults: boolean
}

/** What does not hold, in words; null where all does. */
export function wrongAtRest(people: readonly Writer[], expected: Expected): string | null {
  const [first] = people
  for (const [index, each] of people.entries()) {
    const wrong = wrongAlone(each, expected) ?? difference(first as Writer, each)
    if (wrong !== null) return `${index}: ${wrong}`
  }
  return null
}

/** How a view is not what its document is rendered as; null where it is. */
export function wrongShown({ body, editor }: Pick<Writer, 'body' | 'editor'>): string | null {
  const shown = editor.view.state.doc
  const rendered = renderBody(body, new Map())
  if (rendered.eq(shown)) return null
  return `the view shows\n${shown.toString()}\nand not\n${rendered.toString()}`
}

function wrongAlone({ doc, body, mended, editor }: Writer, expected: Expected) {
  if (!expected.hasFaults && mended.length > 0) return `mended: ${String(mended[0])}`
  if (doc.store.pendingStructs !== null || doc.store.pendingDs !== null)
    return 'structs are pending'
  const shown = editor.view.state.doc
  try {
    shown.check()
  } catch (cause) {
    return `not what the schema allows: ${String(cause)}`
  }
  const written = body.toString()
  if (/[\ufffd]|\p{Surrogate}/u.test(written)) return 'half a character: ' + JSON.stringify(written)
  const unlike = wrongShown({ body, editor })
  if (unlike !== null) return unlike
  const text = shown.textContent
  const lost = [...expected.mustShow].filter((word) => [...word].some((one) => !text.includes(one)))
  return lost.length > 0 ? `lost ${lost.join()} of\n${shown.toString()}` : null
}

function difference(one: Writer, other: Writer): string | null {
  const [a, b] = [one.body.toString(), other.body.toString()]
  if (a !== b) return `has\n${b}\nand not\n${a}`
  const same = Y.equalSnapshots(Y.snapshot(one.doc), Y.snapshot(other.doc))
  return same ? null : 'other clocks, or another set of deleted items'
}

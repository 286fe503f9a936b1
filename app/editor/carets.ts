// Other people's carets and selections, each with a name that shows while they move and then fades.
import { Plugin, type Transaction } from 'prosemirror-state'
import { DecorationSet, type EditorView } from 'prosemirror-view'
import type { Awareness } from 'y-protocols/awareness'
import { yCursorPlugin, yCursorPluginKey } from 'y-prosemirror'
import { readBrowserCaret } from './browser-caret'
import { caretAwareness } from './presence'

type CaretUser = { readonly name: string; readonly index: number }
type AwarenessChange = { readonly updated: readonly number[] }

// Invisible, and keeps a browser from breaking the line at the caret.
const wordJoiner = '\u2060'

function buildCaret(user: CaretUser, client: number): HTMLElement {
  const caret = document.createElement('span')
  caret.className = 'remote-caret'
  caret.dataset['client'] = String(client)
  caret.style.setProperty('--person', `var(--presence-${user.index})`)
  const name = document.createElement('span')
  name.className = 'remote-caret-name'
  name.textContent = user.name
  caret.append(wordJoiner, name, wordJoiner)
  // The people's list tells a screen reader who is here; in the text a name would be read as text.
  caret.setAttribute('aria-hidden', 'true')
  return caret
}

const buildSelection = (user: CaretUser) => ({
  class: 'remote-selection',
  style: `--person: var(--presence-${user.index})`
})

/** Plugins that show and tell carets through `awareness` (fields `user` and `cursor`). */
export function caretPlugins(awareness: Awareness): Plugin[] {
  const carets: Plugin<DecorationSet> = yCursorPlugin(caretAwareness(awareness), {
    cursorBuilder: buildCaret,
    selectionBuilder: buildSelection
  })
  return [forgiving(carets), new Plugin({ view: (view) => wakeNames(view, awareness) })]
}

/** The transaction, or one like it made after the browser's caret was read if it tells of carets alone. */
export function afterBrowserCaret(view: EditorView, transaction: Transaction): Transaction {
  const news: unknown = transaction.getMeta(yCursorPluginKey)
  if (news === undefined || transaction.docChanged) return transaction
  readBrowserCaret(view)
  return view.state.tr.setMeta(yCursorPluginKey, news)
}

/** The caret plugin, where a position that makes no sense costs its caret and not the editor. */
function forgiving(plugin: Plugin<DecorationSet>): Plugin<DecorationSet> {
  const field = plugin.spec.state
  if (field === undefined) return plugin
  return new Plugin<DecorationSet>({
    ...plugin.spec,
    state: {
      init: () => DecorationSet.empty,
      apply(transaction, carets, before, after) {
        try {
          return field.apply.call(plugin, transaction, carets, before, after)
        } catch {
          // Some other program's state: its sender loses the caret, until the next state.
          return DecorationSet.empty
        }
      }
    }
  })
}

/** Shows a name again whenever its person did something. */
function wakeNames(view: EditorView, awareness: Awareness): { destroy(): void } {
  const wake = ({ updated }: AwarenessChange) => {
    for (const client of updated) {
      const caret = view.dom.querySelector(`.remote-caret[data-client="${client}"]`)
      for (const fade of caret?.getAnimations?.({ subtree: true }) ?? []) {
        fade.currentTime = 0
        fade.play()
      }
    }
  }
  awareness.on('change', wake)
  return { destroy: () => awareness.off('change', wake) }
}

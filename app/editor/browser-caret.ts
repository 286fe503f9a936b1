// Takes the browser's caret into the state before anything could put the browser's back to the state's.
//
// A browser tells of a caret it moved in a task of its own, which stands behind those that wait already.
// ProseMirror keeps to its state: whatever it draws or does before that task, because somebody else
// wrote, or for the next key, it does at the caret of before, and moves the browser's back there.
import { Plugin } from 'prosemirror-state'
import type { EditorView } from 'prosemirror-view'

/** What of prosemirror-view 1.42's EditorView is reached into, and nothing else. */
type Observed = { readonly domObserver: { flush(): void } }

/** Dispatches what the browser did and has not told of yet. An input method is left to its work. */
export function readBrowserCaret(view: EditorView): void {
  if (view.isDestroyed || view.composing) return
  const { domObserver } = view as unknown as Observed
  domObserver.flush()
}

/** Reads it before each key. */
export function browserCaret(): Plugin {
  return new Plugin({
    props: {
      handleDOMEvents: {
        keydown(view) {
          readBrowserCaret(view)
          return false
        }
      }
    }
  })
}

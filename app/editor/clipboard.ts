// What other programs put on the clipboard, made plain before the schema reads it.
import { Plugin } from 'prosemirror-state'
import { beginUndoStep } from './undo'
import { wordLists } from './word-lists'

/** The HTML with Word's and Google Docs' own ways turned into lists, tasks and links. */
export function plainHtml(html: string): string {
  // Parsed inert: nothing in it runs or loads.
  const { body } = new DOMParser().parseFromString(html, 'text/html')
  for (const element of body.querySelectorAll('style, script, title, meta, o\\:p')) {
    if (element.localName !== 'o:p' || element.textContent.trim() === '') element.remove()
  }
  wordLists(body)
  googleTasks(body)
  plainLinks(body)
  return body.innerHTML
}

/** Google Docs' checklists: items with a checkbox's role, and a picture of the box. */
function googleTasks(body: HTMLElement): void {
  for (const item of body.querySelectorAll('li[role="checkbox"]')) {
    item.setAttribute('data-checked', String(item.getAttribute('aria-checked') === 'true'))
    item.parentElement?.setAttribute('data-tasks', '')
    for (const picture of item.querySelectorAll('img')) picture.remove()
  }
  // An item without a box in such a list is an open task: a list holds one kind of items.
  for (const item of body.querySelectorAll('[data-tasks] > li:not([data-checked])')) {
    item.setAttribute('data-checked', 'false')
  }
}

/** A link's own underline is no underline that somebody gave. */
function plainLinks(body: HTMLElement): void {
  for (const styled of body.querySelectorAll<HTMLElement>('a[href], a[href] [style]')) {
    styled.style.removeProperty('text-decoration')
    styled.style.removeProperty('text-decoration-line')
  }
  for (const underline of body.querySelectorAll('a[href] u')) {
    underline.replaceWith(...underline.childNodes)
  }
}

/** Reads pasted HTML, and makes every paste and drop a step of its own to undo. */
export const clipboard = (): Plugin =>
  new Plugin({
    props: {
      transformPastedHTML: plainHtml,
      handlePaste(view) {
        beginUndoStep(view.state)
        return false
      },
      handleDrop(view) {
        beginUndoStep(view.state)
        return false
      }
    }
  })

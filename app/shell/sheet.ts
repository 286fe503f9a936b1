// A modal dialog on the native element: opened when it is drawn, gone when it closes.
import { html, type TemplateResult } from 'lit'
import { X } from 'lucide'
import { icon } from '../editor/icon'

let lastId = 0

export type Sheet = {
  readonly title: unknown
  readonly body: unknown
  readonly footer?: unknown
  /** Called after the dialog has closed, whatever closed it. */
  onClose(): void
}

/** A dialog's template; call `openSheet` on the element once it is in the page. */
export function sheet(parts: Sheet): TemplateResult {
  const id = `sheet-${++lastId}`
  return html`<dialog
    class="sheet"
    aria-labelledby=${id}
    @close=${parts.onClose}
    @click=${closeOnBackdrop}
  >
    <div class="sheet-head">
      <h2 id=${id} tabindex="-1">${parts.title}</h2>
      <form method="dialog">
        <button class="button icon" aria-label="Close">${icon(X)}</button>
      </form>
    </div>
    ${parts.body}
    ${parts.footer === undefined ? '' : html`<div class="sheet-foot">${parts.footer}</div>`}
  </dialog>`
}

/** Opens the dialog inside `host`. The browser gives the focus back when it closes. */
export function openSheet(host: Element): void {
  const dialog = host.querySelector('dialog')
  if (dialog === null || dialog.open) return
  dialog.showModal()
  dialog.querySelector<HTMLElement>('[autofocus], h2')?.focus()
}

/** The backdrop belongs to the dialog's box: a press outside its content area lands on itself. */
function closeOnBackdrop(event: MouseEvent): void {
  const dialog = event.currentTarget as HTMLDialogElement
  if (event.target !== dialog) return
  const box = dialog.getBoundingClientRect()
  const inside =
    event.clientX >= box.left &&
    event.clientX <= box.right &&
    event.clientY >= box.top &&
    event.clientY <= box.bottom
  if (!inside) dialog.close()
}

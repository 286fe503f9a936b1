// Asks before something that cannot be undone.
import { html, render } from 'lit'
import { openSheet, sheet } from './sheet'

export type Question = {
  readonly title: string
  readonly text: string
  /** The verb on the button: what will happen. */
  readonly action: string
}

/** Resolves to whether the person said yes. Escape and the backdrop say no. */
export function confirm(question: Question): Promise<boolean> {
  const host = document.createElement('div')
  document.body.append(host)
  return new Promise((resolve) => {
    const onClose = (): void => {
      resolve(host.querySelector('dialog')?.returnValue === 'yes')
      host.remove()
    }
    const footer = html`<form method="dialog" class="rowed">
      <button class="button quiet" value="no">Cancel</button>
      <button class="button danger" value="yes">${question.action}</button>
    </form>`
    const body = html`<p>${question.text}</p>`
    render(sheet({ title: question.title, body, footer, onClose }), host)
    openSheet(host)
  })
}

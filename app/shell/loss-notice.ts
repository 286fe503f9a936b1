// Says that the browser has deleted what was stored here, and the ways back.
import { html, nothing, type TemplateResult } from 'lit'
import type { Safety } from './meridian'
import { pathOf } from './route'
import { attempt, toast } from './toasts'

export function lossNotice(safety: Safety): TemplateResult | typeof nothing {
  const loss = safety.loss.value
  if (loss === null) return nothing
  const copies = safety.copies.value
  return html`<section class="banner warning loss" role="status">
    <p>
      <strong>This browser has deleted what Meridian had stored here:</strong>
      ${lostWords(loss.documents, loss.unsent)} Your recovery key brings back everything the relay
      has.
    </p>
    <p class="rowed">
      <a class="button primary" href=${pathOf({ kind: 'settings' })}>Enter the recovery key</a>
      ${
        copies === 0
          ? nothing
          : html`<button class="button" @click=${() => attempt(() => bringBack(safety, copies))}>
              Bring back ${countOf(copies, 'document')} from this device
            </button>`
      }
      <button class="button quiet" @click=${() => safety.forgetLoss()}>Dismiss</button>
    </p>
  </section>`
}

async function bringBack(safety: Safety, copies: number): Promise<void> {
  await safety.bringBack()
  toast({ text: `${countOf(copies, 'document')} brought back from this device.` })
}

function lostWords(documents: number, unsent: number): string {
  const all = countOf(documents, 'document')
  if (unsent === 0) return `${all}. All their changes had reached the relay.`
  return `${all}, and ${countOf(unsent, 'change')} that had not reached the relay.`
}

function countOf(count: number, noun: string): string {
  return count === 1 ? `1 ${noun}` : `${count} ${noun}s`
}

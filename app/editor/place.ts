// Puts a floating element beside a piece of text, inside the window.

type Edge = { readonly left: number; readonly top: number; readonly bottom: number }

const gapPx = 6
const marginPx = 8

/** Below the text between two caret positions, or above where there is no room below. */
export function beside(element: HTMLElement, start: Edge, end: Edge): void {
  const { width, height } = element.getBoundingClientRect()
  const { innerWidth, innerHeight } = window
  const left = Math.max(marginPx, Math.min(start.left, innerWidth - width - marginPx))
  const below = end.bottom + gapPx
  const above = start.top - gapPx - height
  const top = below + height > innerHeight - marginPx && above > marginPx ? above : below
  element.style.translate = `${Math.round(left)}px ${Math.round(top)}px`
  // Scrolled away with its text.
  element.style.visibility = end.bottom < 0 || start.top > innerHeight ? 'hidden' : 'visible'
}

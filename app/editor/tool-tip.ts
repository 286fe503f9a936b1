// The words that show at a tool: its name and its shortcut.

// Long enough not to flicker while the pointer crosses the toolbar.
const delayMs = 450

/** Shows tips for `[data-tip]` elements inside `host`; what it answers stops it. */
export function startTips(host: HTMLElement): () => void {
  const tip = document.createElement('div')
  tip.className = 'tool-tip'
  tip.popover = 'manual'
  // The tool's own label and aria-keyshortcuts say the same.
  tip.ariaHidden = 'true'
  host.append(tip)
  const listening = new AbortController()
  const options = { signal: listening.signal }
  let timer = 0

  const hide = () => {
    clearTimeout(timer)
    if (tip.matches(':popover-open')) tip.hidePopover()
  }
  const show = (tool: HTMLElement) => {
    const [name = '', keys = ''] = (tool.dataset['tip'] ?? '').split('\n')
    const words = document.createElement('span')
    words.textContent = name
    const shortcut = document.createElement('kbd')
    shortcut.textContent = keys
    tip.replaceChildren(words, ...(keys === '' ? [] : [shortcut]))
    if (!tip.matches(':popover-open')) tip.showPopover()
    const { left, width, bottom } = tool.getBoundingClientRect()
    const own = tip.getBoundingClientRect().width
    const x = Math.max(8, Math.min(left + width / 2 - own / 2, window.innerWidth - own - 8))
    tip.style.translate = `${Math.round(x)}px ${Math.round(bottom + 6)}px`
  }
  const toolOf = (event: Event) =>
    event.target instanceof Element ? event.target.closest<HTMLElement>('[data-tip]') : null

  host.addEventListener(
    'pointerover',
    (event) => {
      const tool = toolOf(event)
      hide()
      // A finger hides the tip that it would show.
      if (tool === null || event.pointerType !== 'mouse') return
      timer = window.setTimeout(show, delayMs, tool)
    },
    options
  )
  host.addEventListener('pointerleave', hide, options)
  host.addEventListener('pointerdown', hide, options)
  host.addEventListener('focusout', hide, options)
  host.addEventListener('keydown', (event) => event.key === 'Escape' && hide(), options)
  host.addEventListener(
    'focusin',
    (event) => {
      const tool = toolOf(event)
      if (!tool?.matches(':focus-visible')) return
      // Not at once: focus may come back from a menu that is still closing.
      requestAnimationFrame(() => {
        if (document.activeElement === tool) show(tool)
      })
    },
    options
  )
  return () => {
    hide()
    listening.abort()
    tip.remove()
  }
}

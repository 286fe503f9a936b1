// One stop of Tab for a group of controls, with the arrow keys moving inside it.

/** The control that a key leads to, or null where the key means nothing here. Ends are joined. */
export function rovingTarget(
  controls: readonly HTMLElement[],
  current: Element | null,
  key: string,
  axis: 'horizontal' | 'vertical'
): HTMLElement | null {
  const at = controls.findIndex((control) => control === current)
  const [back, on] = axis === 'horizontal' ? ['ArrowLeft', 'ArrowRight'] : ['ArrowUp', 'ArrowDown']
  switch (key) {
    case back:
      return controls.at(at <= 0 ? -1 : at - 1) ?? null
    case on:
      return controls[(at + 1) % controls.length] ?? null
    case 'Home':
      return controls[0] ?? null
    case 'End':
      return controls.at(-1) ?? null
    default:
      return null
  }
}

// Light, dark or the system's: written on the root element, where public/theme.js put it first.
import { signal, type ReadonlySignal } from '@preact/signals-core'
import { keepPreference, readPreference } from './preference'

export const themes = ['system', 'light', 'dark'] as const
export type Theme = (typeof themes)[number]

const chosen = signal<Theme>(readPreference('theme', themes))
export const theme: ReadonlySignal<Theme> = chosen

export function chooseTheme(next: Theme): void {
  chosen.value = next
  keepPreference('theme', next)
  if (next === 'system') delete document.documentElement.dataset.theme
  else document.documentElement.dataset.theme = next
}

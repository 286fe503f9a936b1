// Shortcuts as people read them, and as assistive technology is told of them.

const isApple = (): boolean => /Mac|iP(hone|ad|od)/.test(navigator.platform)

const appleSigns: Readonly<Record<string, string>> = { Mod: '⌘', Shift: '⇧', Alt: '⌥' }
const otherWords: Readonly<Record<string, string>> = { Mod: 'Ctrl' }
const ariaWords: Readonly<Record<string, string>> = { Mod: 'Control' }
const appleAria: Readonly<Record<string, string>> = { Mod: 'Meta' }

const parts = (key: string, words: Readonly<Record<string, string>>): string[] =>
  key.split('-').map((part) => words[part] ?? (part.length === 1 ? part.toUpperCase() : part))

/** `Mod-Shift-x` as `⌘⇧X` on Apple's systems and `Ctrl+Shift+X` elsewhere. */
export function shortcutLabel(key: string, apple = isApple()): string {
  return apple ? parts(key, appleSigns).join('') : parts(key, otherWords).join('+')
}

/** The value of `aria-keyshortcuts`. */
export function ariaShortcut(key: string, apple = isApple()): string {
  return parts(key, apple ? appleAria : ariaWords).join('+')
}

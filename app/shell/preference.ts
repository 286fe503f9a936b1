// Small choices of this browser (theme, sorting, dismissed offers): not part of any document.

/** The stored choice if it is one of `known`, else the first of them. */
export function readPreference<T extends string>(name: string, known: readonly [T, ...T[]]): T {
  const stored = safely(() => localStorage.getItem(`meridian.${name}`))
  return known.find((one) => one === stored) ?? known[0]
}

export function keepPreference(name: string, value: string): void {
  safely(() => localStorage.setItem(`meridian.${name}`, value))
}

/** A browser that blocks site data throws on every access; the choice then lasts for this page. */
function safely<T>(access: () => T): T | null {
  try {
    return access()
  } catch (cause) {
    if (cause instanceof DOMException) return null
    throw cause
  }
}

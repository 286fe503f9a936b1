// Files that a page hands to the person.

/** Saves `parts` as a file where the browser puts downloads. */
export function saveFile(name: string, type: string, part: string | Uint8Array): void {
  const bytes = typeof part === 'string' ? part : part.slice()
  const url = URL.createObjectURL(new Blob([bytes], { type }))
  const link = document.createElement('a')
  link.href = url
  link.download = name
  link.click()
  // The browser reads it after this turn; a minute is long for that, and short for a page's memory.
  setTimeout(() => URL.revokeObjectURL(url), 60_000)
}

// Gives the person a text as a file.

/** Starts a download; `type` is a media type such as `text/markdown`. */
export function downloadText(page: Window, name: string, type: string, text: string): void {
  const { document } = page
  const url = URL.createObjectURL(new Blob([text], { type: `${type};charset=utf-8` }))
  const link = document.createElement('a')
  link.href = url
  link.download = name
  link.click()
  // Browsers read the blob after the click has returned; a minute is plenty for any of them.
  page.setTimeout(() => URL.revokeObjectURL(url), 60_000)
}

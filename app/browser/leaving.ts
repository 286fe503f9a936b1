// Asks before a tab closes, and only when something in it is nowhere else.

/** Answers the stop. */
export function guardLeaving(page: Window, isUnsaved: () => boolean): () => void {
  const guard = (event: BeforeUnloadEvent): void => {
    if (isUnsaved()) event.preventDefault()
  }
  page.addEventListener('beforeunload', guard)
  return () => page.removeEventListener('beforeunload', guard)
}

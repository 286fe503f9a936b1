// What one tab of this browser has for itself.

/**
 * Takes what goes by this name, until the answered function is called or the page is gone. Null when
 * another tab has it, or where a browser knows no locks.
 */
export function claim(name: string): Promise<(() => void) | null> {
  if (!('locks' in navigator)) return Promise.resolve(null)
  return new Promise((resolve, reject) => {
    navigator.locks
      .request(name, { ifAvailable: true }, (lock) => {
        if (lock === null) return resolve(null)
        return new Promise<void>((release) => resolve(release))
      })
      .catch(reject)
  })
}

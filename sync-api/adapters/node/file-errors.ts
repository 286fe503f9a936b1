// Telling apart why a call to the operating system failed, and saying it to a person.

/** Whether a failure is the system's error of that code, as in `ENOENT`. */
export function hasCode(failure: unknown, code: string): boolean {
  return failure instanceof Error && 'code' in failure && failure.code === code
}

/** What the system says for no room, by a call of Node's or by one of lmdb's. */
const noRoom = /No space left|ENOSPC|EDQUOT|quota/i
const notAllowed = /EACCES|EPERM|Permission denied/i
const readOnly = /EROFS|Read-only file system/i

/** A sentence for a person about a failure to write to `path`; what else failed, as it is. */
export function writeFailure(failure: unknown, path: string): Error {
  const text = failure instanceof Error ? failure.message : String(failure)
  if (noRoom.test(text)) {
    return new Error(`There is no room for ${path}. Free some space on its disk, then try again.`)
  }
  if (notAllowed.test(text)) {
    return new Error(`${path} may not be written by this account. Run it as who runs the host.`)
  }
  if (readOnly.test(text)) return new Error(`${path} lies on a disk that is read-only.`)
  return failure instanceof Error ? failure : new Error(text)
}

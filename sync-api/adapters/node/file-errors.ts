// Telling apart why a call to the operating system failed.

/** Whether a failure is the system's error of that code, as in `ENOENT`. */
export function hasCode(failure: unknown, code: string): boolean {
  return failure instanceof Error && 'code' in failure && failure.code === code
}

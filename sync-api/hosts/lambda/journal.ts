// What a function writes down: one line of JSON for each failure, without content, names, tickets or secrets.

export type Report = (what: string, cause: unknown) => void

/** `print` takes a line. */
export function createReport(region: string, print: (line: string) => void): Report {
  return (what, cause) => {
    const failure = cause instanceof Error ? cause : new Error(String(cause))
    print(
      JSON.stringify({
        ...{ level: 'error', region, what },
        ...{ failure: failure.name, message: failure.message, stack: failure.stack }
      })
    )
  }
}

// Headers of an event: API Gateway keeps the letters that a client wrote them with.

export type WithHeaders = { readonly headers?: Readonly<Record<string, string | undefined>> }

/** `name` in small letters. */
export function headerOf({ headers = {} }: WithHeaders, name: string): string | undefined {
  for (const [key, value] of Object.entries(headers)) {
    if (key.toLowerCase() === name) return value
  }
  return undefined
}

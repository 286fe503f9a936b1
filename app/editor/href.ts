// Which addresses a link may carry: everything else is shown as plain text.

const safeProtocols = new Set(['http:', 'https:', 'mailto:', 'tel:'])

/** Longest address kept, UTF-16 units: what browsers agree to open. */
export const hrefLengthMax = 2048

/**
 * The address as it may stand in a document, or null. Only absolute http, https, mailto and tel
 * addresses pass: a relative one would mean something else on every server.
 */
export function safeHref(value: unknown): string | null {
  if (typeof value !== 'string') return null
  const href = value.trim()
  if (href.length === 0 || href.length > hrefLengthMax) return null
  // The parser is the browser's own, so tricks like `java\tscript:` meet the same rules as a click.
  if (!URL.canParse(href)) return null
  return safeProtocols.has(new URL(href).protocol) ? href : null
}

const bareDomain = /^[\p{L}\p{N}-]+(\.[\p{L}\p{N}-]+)+(:\d+)?([/?#]\S*)?$/u
const mailAddress = /^[^\s@:/]+@[^\s@:/]+\.[^\s@:/]+$/u

/** What a person typed as an address, completed: `example.org` and `me@example.org` are understood. */
export function hrefFromInput(value: string): string | null {
  const typed = value.trim()
  if (mailAddress.test(typed)) return safeHref(`mailto:${typed}`)
  if (bareDomain.test(typed)) return safeHref(`https://${typed}`)
  return safeHref(typed)
}

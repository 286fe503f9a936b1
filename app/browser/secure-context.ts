// What is missing when Meridian is opened at plain http, and the words that say how to get it.

export type Missing = {
  /** What the browser withholds, as a person would name it. */
  readonly parts: readonly string[]
  /** What to do about it. */
  readonly sentence: string
}

/** Null when everything that Meridian cannot do without is there. */
export function missingFrom(page: Window & typeof globalThis): Missing | null {
  const { navigator } = page
  const parts = [
    has(page.crypto, 'subtle') ? [] : ['the key that proves who you are'],
    has(page, 'indexedDB') ? [] : ['storage for your documents'],
    has(navigator, 'serviceWorker') || page.isSecureContext ? [] : ['opening without a network']
  ].flat()
  if (parts.length === 0) return null
  return { parts, sentence: page.isSecureContext ? oldBrowser : insecureAddress(page.location) }
}

const oldBrowser =
  'This browser is too old, or its settings forbid storage. Use a current Chrome, Edge, Firefox or Safari.'

function insecureAddress({ host, hostname, port }: Location): string {
  const local = `http://localhost${port === '' ? '' : `:${port}`}`
  return (
    `Browsers keep these back from addresses that are not secure, such as http://${host}. ` +
    `On the machine that runs Meridian, open ${local}. For everybody else, start it with --tls ` +
    `and open https://${hostname}${port === '' ? '' : `:${port}`}.`
  )
}

/** Present and not undefined: browsers leave these out, or give undefined, at insecure addresses. */
function has(holder: object | undefined, name: string): boolean {
  return holder !== undefined && Reflect.get(holder, name) !== undefined
}

// Whether the deployment is there: its health, the app's files, and what browsers are told with them.
import { connect as connectTls } from 'node:tls'
import { paths } from '../../protocol/http'
import { certificateDaysMin } from './limits'
import { expectStatus, saidBy } from './person'
import { expect, Wrong, type Report } from './report'
import { beginningOf, codeOf, jsonOf, networkSentence, type Answer, type Target } from './target'
import { until, type Visit } from './visit'

const asPage = { headers: { Accept: 'text/html' } }

export async function lookAtReach({ target, report }: Visit): Promise<void> {
  const { protocol, hostname } = new URL(target.origin)
  const isHere = /^(localhost|127\..*|\[::1\])$/.test(hostname)
  if (protocol === 'https:') await lookAtTls(target, report)
  else if (!isHere) {
    report.note('this is plain http: browsers run no Meridian there (docs/self-hosting.md)')
  }
  await report.need(
    `${paths.health} says that all is well`,
    async (add) => {
      const answer = await target.ask(paths.health)
      if (answer.status === 503) throw new Wrong(`answered 503: ${reasonOf(answer)}`)
      expectStatus(answer, 200)
      expect(jsonOf(answer).status === 'ok', 'the answer says no status "ok"')
      add(`${Math.round(answer.ms)} ms`)
    },
    'the log of the process, or of the function "http" of the region'
  )
  await report.check(
    'the API itself answers under /api, also at a path that it has not',
    async () => {
      const answer = await target.ask('/api/none')
      expectStatus(answer, 404)
      expect(jsonOf(answer).error === 'not-found', 'the answer is not the error "not-found"')
    },
    'error pages that a CDN or a proxy puts in place of answers'
  )
  await lookAtApp(target, report, isHere)
}

/** Where headers of files come from. */
const headers = 'the response headers of the CDN or the proxy'

async function lookAtApp(target: Target, report: Report, isHere: boolean): Promise<void> {
  const page = await report.check('the app opens', async (add) => {
    const answer = await target.ask('/', asPage)
    expectPage(answer)
    add(`${answer.bytes.length} bytes`)
    return answer
  })
  if (page === null) return
  await report.check(
    'the app opens at the address of a document too',
    async () => {
      const answer = await target.ask('/d/AAAAAAAAAAAAAAAAAAAAAA', asPage)
      expectPage(answer)
      expect(textOf(answer) === textOf(page), 'that is another page')
    },
    'what the CDN or the proxy does with paths of no file: they are the app’s'
  )
  await report.check('the app’s page is asked for again each time', async (add) => {
    add(expectFresh(page))
  })
  await report.check(
    'the app’s page tells browsers what not to do',
    async () => expectGuarded(page),
    headers
  )
  await report.check(
    'the service worker is there, and asked for again each time',
    async () => {
      const worker = await target.ask('/sw.js')
      expectStatus(worker, 200)
      expectType(worker, /javascript/)
      expectFresh(worker)
      expectGuarded(worker)
    },
    headers
  )
  await report.check('the app’s script is there, compressed, and kept for ever', async (add) => {
    const [, path] = /<script[^>]+src="(\/assets\/[^"]+)"/.exec(textOf(page)) ?? []
    expect(path !== undefined, 'the page names no script under /assets/')
    // A CDN compresses what it has a moment for: the first to ask may get it as it is.
    await until(target.limitMs, async () => {
      const script = await target.ask(path)
      expectStatus(script, 200)
      expectType(script, /javascript/)
      const cache = script.headers.get('Cache-Control') ?? 'nothing'
      expect(/immutable/.test(cache), `Cache-Control says ${cache}, not immutable`)
      const encoding = script.headers.get('Content-Encoding')
      if (encoding === null) return 'it comes uncompressed'
      add(encoding)
      return true
    })
  })
  await report.check('the manifest is there', async () => {
    const manifest = await target.ask('/manifest.webmanifest')
    expectStatus(manifest, 200)
    expect(typeof jsonOf(manifest).name === 'string', 'it says no name')
  })
  const none = await target.ask('/assets/none.js')
  if (none.status < 400)
    report.note(`a file that is not there is answered ${saidBy(none)}, not 404`)
  const metrics = await target.ask(paths.metrics)
  if (!isHere && /^# (HELP|TYPE) /m.test(textOf(metrics))) {
    report.note(`everybody may read ${paths.metrics}`)
  }
}

function expectPage(answer: Answer): void {
  expectStatus(answer, 200)
  expectType(answer, /^text\/html/)
  const text = textOf(answer)
  expect(text.includes('id="app"'), `this is not the app of Meridian: "${beginningOf(text)}"`)
}

function expectType({ headers }: Answer, type: RegExp): void {
  const given = headers.get('Content-Type') ?? 'nothing'
  expect(type.test(given), `its Content-Type is ${given}`)
}

/** An old page would name files that are gone, and an old worker would keep it. Answers what is said. */
function expectFresh({ headers }: Answer): string {
  const cache = headers.get('Cache-Control') ?? 'nothing'
  expect(/no-cache|no-store|max-age=0\b/.test(cache), `Cache-Control says ${cache}, not no-cache`)
  return cache
}

function expectGuarded({ headers }: Answer): void {
  const policy = headers.get('Content-Security-Policy')
  expect(policy !== null, 'no Content-Security-Policy')
  const directives = new Map(
    policy.split(';').map((directive) => {
      const [name = '', ...values] = directive.trim().split(/\s+/)
      return [name, values.join(' ')]
    })
  )
  const scripts = directives.get('script-src') ?? directives.get('default-src')
  expect(scripts !== undefined, 'the Content-Security-Policy says nothing of scripts')
  const loose = /unsafe-inline|unsafe-eval|\*|https?:(\s|$)/.test(scripts)
  expect(!loose, `the Content-Security-Policy lets in scripts: ${scripts}`)
  expect(
    directives.get('frame-ancestors') === "'none'",
    'the Content-Security-Policy lets other sites frame it'
  )
  const sniff = headers.get('X-Content-Type-Options')
  expect(sniff === 'nosniff', 'no X-Content-Type-Options: nosniff')
  // The id of a document is in the path.
  const referrer = headers.get('Referrer-Policy') ?? 'nothing'
  expect(/no-referrer|same-origin/.test(referrer), `Referrer-Policy says ${referrer}`)
}

async function lookAtTls(target: Target, report: Report): Promise<void> {
  const { hostname, host, port } = new URL(target.origin)
  await report.need(
    'the address has a server whose certificate is trusted and whose TLS is new enough',
    async (add) => {
      const { version, until } = await shakeHands(
        hostname,
        host,
        Number(port || 443),
        target.limitMs
      )
      expect(version === 'TLSv1.2' || version === 'TLSv1.3', `it speaks ${version}`)
      const days = Math.floor((until - Date.now()) / 86_400_000)
      add(version)
      add(`good for ${days} days`)
      if (days < certificateDaysMin) report.note(`the certificate runs out in ${days} days`)
    }
  )
  if (port !== '') return
  const plain = await fetch(`http://${hostname}/`, {
    redirect: 'manual',
    signal: AbortSignal.timeout(target.limitMs)
  }).catch(() => null)
  const leads = plain?.headers.get('Location')?.startsWith('https://') ?? false
  if (plain !== null && !leads) {
    report.note(`http://${hostname}/ answers ${plain.status} and does not lead to https`)
  }
}

/** What a handshake of TLS agrees on, and until when the certificate is good, ms since 1970. */
function shakeHands(
  name: string,
  host: string,
  port: number,
  limitMs: number
): Promise<{ readonly version: string; readonly until: number }> {
  return new Promise((resolve, reject) => {
    const plainName = name.replace(/^\[|\]$/g, '')
    const socket = connectTls({ host: plainName, port, servername: serverName(plainName) }, () => {
      const version = socket.getProtocol() ?? 'nothing'
      const until = Date.parse(socket.getPeerCertificate().valid_to)
      socket.destroy()
      resolve({ version, until })
    })
    socket.setTimeout(limitMs, () => socket.destroy(new Error('no answer to a TLS handshake')))
    socket.on('error', (cause) => {
      reject(new Wrong(networkSentence(codeOf(cause), host, name) ?? cause.message))
    })
  })
}

/** An address is no name: TLS has it sent as none. */
function serverName(name: string): string {
  return /^[\d.]+$|:/.test(name) ? '' : name
}

function reasonOf(answer: Answer): string {
  const { status, reason } = jsonOf(answer)
  return beginningOf(String(reason ?? status))
}

function textOf({ bytes }: Answer): string {
  return new TextDecoder().decode(bytes)
}

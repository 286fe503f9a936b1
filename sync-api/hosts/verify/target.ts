// The deployment as HTTP shows it: calls with a time limit, and failures as sentences.
import { paths } from '../../protocol/http'
import { answerBytesMax } from './limits'
import { sentenceOf, Wrong } from './report'

export type Answer = {
  readonly status: number
  readonly headers: Headers
  readonly bytes: Uint8Array
  /** From the call to the end of the answer, ms. */
  readonly ms: number
}

export type Asked = {
  readonly method?: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string | Uint8Array<ArrayBuffer>
}

export type Target = {
  /** `https://docs.example.com`. */
  readonly origin: string
  /** How long one answer may take, ms. */
  readonly limitMs: number
  /** Where sockets are opened; null for whatever region is nearest. */
  socketUrl(region: string | null): string
  /** Calls `path`; throws Wrong when there is no answer, and CutOff when the other side ended the call. */
  ask(path: string, asked?: Asked): Promise<Answer>
  /** Sockets that were opened: a check that fails leaves its own behind, which would hold the process. */
  readonly open: Set<{ cut(): void }>
  /** Cuts all of these. */
  cutAll(): void
}

/** The other side ended the connection of a call before it answered. */
export class CutOff extends Wrong {}

export function createTarget(origin: string, limitMs: number): Target {
  const open = new Set<{ cut(): void }>()
  return {
    origin,
    limitMs,
    open,
    cutAll() {
      for (const socket of open) socket.cut()
      open.clear()
    },
    socketUrl: (region) =>
      origin.replace(/^http/, 'ws') + paths.socket + (region === null ? '' : `/${region}`),
    async ask(path, { method = 'GET', headers = {}, body } = {}) {
      const startedAt = performance.now()
      try {
        const response = await fetch(origin + path, {
          method,
          headers,
          redirect: 'manual',
          signal: AbortSignal.timeout(limitMs),
          ...(body === undefined ? {} : { body })
        })
        const bytes = await readAll(response)
        const ms = performance.now() - startedAt
        return { status: response.status, headers: response.headers, bytes, ms }
      } catch (failure) {
        throw failure instanceof Wrong ? failure : failureOf(failure, new URL(origin), limitMs)
      }
    }
  }
}

async function readAll(response: Response): Promise<Uint8Array> {
  const parts: Uint8Array[] = []
  let bytes = 0
  for await (const part of response.body ?? []) {
    bytes += part.length
    if (bytes > answerBytesMax) throw new Wrong(`the answer is longer than ${answerBytesMax} bytes`)
    parts.push(part)
  }
  return new Uint8Array(Buffer.concat(parts))
}

const cutCodes = ['ECONNRESET', 'EPIPE', 'UND_ERR_SOCKET']

function failureOf(failure: unknown, { host, hostname }: URL, limitMs: number): Wrong {
  if (failure instanceof Error && failure.name === 'TimeoutError') {
    return new Wrong(`no answer within ${limitMs / 1_000} s`)
  }
  const cause = failure instanceof Error ? (failure.cause ?? failure) : failure
  const code = codeOf(cause)
  if (cutCodes.includes(code)) return new CutOff('the connection was cut before an answer came')
  return new Wrong(networkSentence(code, host, hostname) ?? sentenceOf(cause))
}

/** What a failure of the network means; null for one that speaks for itself. */
export function networkSentence(code: string, host: string, hostname: string): string | null {
  if (code === 'ECONNREFUSED') return `nothing listens at ${host}`
  if (code === 'ENOTFOUND') return `there is no host named ${hostname}: look at its DNS record`
  if (code === 'EAI_AGAIN') return `the name ${hostname} cannot be looked up now`
  if (code === 'ETIMEDOUT' || code === 'UND_ERR_CONNECT_TIMEOUT') return `${host} does not answer`
  if (code === 'EHOSTUNREACH' || code === 'ENETUNREACH')
    return `there is no way to ${host} from here`
  if (code === 'EPROTO' || code === 'ERR_SSL_WRONG_VERSION_NUMBER') {
    return `${host} speaks no TLS: is it http and not https?`
  }
  if (/CERT|SIGNED|ALTNAME|SIGNATURE/.test(code)) {
    return (
      `its certificate is not trusted here (${code}); for one of your own, ` +
      'set NODE_EXTRA_CA_CERTS to its file'
    )
  }
  return null
}

/** The code of a failure of Node's network; empty for one without. */
export function codeOf(cause: unknown): string {
  if (cause instanceof AggregateError) return codeOf(cause.errors[0])
  if (typeof cause !== 'object' || cause === null || !('code' in cause)) return ''
  return typeof cause.code === 'string' ? cause.code : ''
}

/** The object of a JSON answer; throws Wrong on anything else. */
export function jsonOf({ bytes, headers, status }: Answer): Readonly<Record<string, unknown>> {
  const text = new TextDecoder().decode(bytes)
  const fields = parseObject(text)
  if (fields !== null) return fields
  const type = headers.get('Content-Type') ?? 'no type'
  throw new Wrong(`the answer (${status}, ${type}) is no JSON object: "${beginningOf(text)}"`)
}

/** The fields of an object as JSON; null for any other text. */
export function parseObject(text: string): Readonly<Record<string, unknown>> | null {
  try {
    const value: unknown = JSON.parse(text)
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return null
    return Object.fromEntries(Object.entries(value))
  } catch {
    return null
  }
}

/** A line's worth of a text from outside. */
export function beginningOf(text: string): string {
  return text.slice(0, 60).replace(/[^\x20-\x7e]+/g, ' ')
}

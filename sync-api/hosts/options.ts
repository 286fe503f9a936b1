// What the person who starts a host may decide: flags, or the same as MERIDIAN_* in the environment.
import { resolve } from 'node:path'
import { parseArgs, type ParseArgsConfig } from 'node:util'

export type Options = {
  /** Absolute path of the data folder. */
  readonly data: string
  /** 0 lets the system choose a free one. */
  readonly port: number
  readonly host: string
  readonly tls: TlsOption
  /** Public origins beside the address a request came to. */
  readonly origins: readonly string[]
  readonly trustProxy: boolean
  readonly openMetrics: boolean
  readonly log: LogLevel
}

export type TlsOption =
  | { readonly kind: 'none' }
  | { readonly kind: 'self-made' }
  | { readonly kind: 'given'; readonly cert: string; readonly key: string }

const logLevels = ['silent', 'error', 'warn', 'info', 'debug'] as const
export type LogLevel = (typeof logLevels)[number]

/** A wrong option: its message is the sentence for the person who gave it. */
export class OptionError extends Error {}

export const help = `Meridian: a document editor that works everywhere first and syncs second.

  node dist/host/embedded.js [options]

  --data <folder>      where documents are kept (./.meridian)
  --port <number>      port to listen on, 0 for any free one (4321)
  --host <address>     address to listen on (127.0.0.1; 0.0.0.0 lets other machines in)
  --tls                serve https with a certificate made here and kept in the data folder
  --tls-cert <file>    serve https with this certificate (PEM, with its chain) ...
  --tls-key <file>     ... and this key (PEM)
  --origin <origin>    public address of the app, such as https://docs.example.com; may be repeated
  --trust-proxy        believe X-Forwarded-For and X-Forwarded-Host: only behind your own proxy
  --open-metrics       answer /metrics to everybody, not only to this machine
  --log <level>        ${logLevels.join(', ')} (warn in a terminal, else info)
  --help               show this

Each may also be set in the environment: MERIDIAN_DATA, MERIDIAN_PORT, MERIDIAN_TLS=true,
MERIDIAN_ORIGIN=https://a.example,https://b.example and so on. A flag is stronger.
`

const flags = {
  data: { type: 'string' },
  port: { type: 'string' },
  host: { type: 'string' },
  tls: { type: 'boolean' },
  'tls-cert': { type: 'string' },
  'tls-key': { type: 'string' },
  origin: { type: 'string', multiple: true },
  'trust-proxy': { type: 'boolean' },
  'open-metrics': { type: 'boolean' },
  log: { type: 'string' },
  help: { type: 'boolean', short: 'h' }
} as const

export type Environment = { readonly [name: string]: string | undefined }

/** Null when help was asked for. Throws OptionError on anything that cannot be meant. */
export function readOptions(
  args: readonly string[],
  environment: Environment,
  terminal: boolean
): Options | null {
  const given = parse(args, flags, false).values
  if (given.help === true) return null
  const text = (name: 'port' | 'host' | 'tls-cert' | 'tls-key' | 'log'): string | null =>
    given[name] ?? fromEnvironment(environment, name)
  const flag = (name: 'tls' | 'trust-proxy' | 'open-metrics'): boolean =>
    given[name] ?? booleanOf(name, fromEnvironment(environment, name))
  return {
    data: dataFolderOf(given.data, environment),
    port: portOf(text('port') ?? '4321'),
    host: text('host') ?? '127.0.0.1',
    tls: tlsOf(flag('tls'), text('tls-cert'), text('tls-key')),
    origins: (given.origin ?? fromEnvironment(environment, 'origin')?.split(',') ?? []).map(
      originOf
    ),
    trustProxy: flag('trust-proxy'),
    openMetrics: flag('open-metrics'),
    log: logLevelOf(text('log') ?? (terminal ? 'warn' : 'info'))
  }
}

/** Absolute path of the data folder: as given, of the environment, or the usual one. */
export function dataFolderOf(given: string | undefined, environment: Environment): string {
  return resolve(given ?? fromEnvironment(environment, 'data') ?? '.meridian')
}

type Flags = NonNullable<ParseArgsConfig['options']>

/** Reads arguments. Throws OptionError on one that is not known. */
export function parse<F extends Flags>(args: readonly string[], known: F, places: boolean) {
  try {
    return parseArgs({ args: [...args], options: known, allowPositionals: places, strict: true })
  } catch (cause) {
    throw new OptionError(`${cause instanceof Error ? cause.message : String(cause)} (see --help)`)
  }
}

/** An empty variable is one that is not set. */
function fromEnvironment(environment: Environment, name: string): string | null {
  return environment[`MERIDIAN_${name.toUpperCase().replaceAll('-', '_')}`] || null
}

function booleanOf(name: string, text: string | null): boolean {
  if (text === null || text === 'false' || text === '0') return false
  if (text === 'true' || text === '1') return true
  throw new OptionError(`--${name} is true or false, not "${text}"`)
}

function portOf(text: string): number {
  const port = Number(text)
  if (!/^\d{1,5}$/.test(text) || port > 65_535) {
    throw new OptionError(`--port is a number from 0 to 65535, not "${text}"`)
  }
  return port
}

function tlsOf(selfMade: boolean, cert: string | null, key: string | null): TlsOption {
  if (cert === null && key === null) return selfMade ? { kind: 'self-made' } : { kind: 'none' }
  if (selfMade) throw new OptionError('Give either --tls or --tls-cert and --tls-key, not both')
  if (cert === null) throw new OptionError('--tls-key needs --tls-cert too')
  if (key === null) throw new OptionError('--tls-cert needs --tls-key too')
  return { kind: 'given', cert: resolve(cert), key: resolve(key) }
}

function originOf(text: string): string {
  const trimmed = text.trim()
  const url = URL.canParse(trimmed) ? new URL(trimmed) : null
  const web = url?.protocol === 'https:' || url?.protocol === 'http:'
  if (url === null || !web || url.pathname !== '/' || url.search !== '' || url.hash !== '') {
    throw new OptionError(`--origin is an address like https://docs.example.com, not "${trimmed}"`)
  }
  return url.origin
}

function logLevelOf(text: string): LogLevel {
  const level = logLevels.find((one) => one === text)
  if (level === undefined) {
    throw new OptionError(`--log is one of ${logLevels.join(', ')}, not "${text}"`)
  }
  return level
}

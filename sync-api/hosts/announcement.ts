// What a host says on the terminal when it is ready: where to open it, and what else to know.
import { isIP } from 'node:net'
import type { MadeCertificate } from '../adapters/node/certificate'
import type { Options } from './options'

/** Facts that are only known once the host listens. */
export type Listening = {
  readonly port: number
  /** IPv4 addresses of this machine in its networks. */
  readonly lan: readonly string[]
  readonly madeCertificate: MadeCertificate | null
  /** Whether there is an app to serve, or only the relay. */
  readonly appBuilt: boolean
}

/** Lines for a person. The first URL stands alone on a line `Meridian is ready at <URL>`. */
export function announcement(options: Options, listening: Listening): string[] {
  const [first, ...others] = urlsOf(options, listening)
  return [
    `Meridian is ready at ${first}`,
    ...others.map((url) => `  on other machines: ${url}`),
    `Documents are kept in ${options.data}`,
    ...(listening.appBuilt
      ? []
      : ['', 'The app is not built: run `npm run build`, then start again.']),
    ...insecureWarning(options, others),
    ...trustInstructions(listening.madeCertificate)
  ]
}

/** Where the host can be opened, best first. */
export function urlsOf({ host, tls }: Options, { port, lan }: Listening): string[] {
  const scheme = tls.kind === 'none' ? 'http' : 'https'
  const everywhere = host === '0.0.0.0' || host === '::'
  const names = everywhere ? ['localhost', ...lan] : [isLoopback(host) ? 'localhost' : host]
  return names.map((name) => `${scheme}://${isIP(name) === 6 ? `[${name}]` : name}:${port}/`)
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127\./.test(host)
}

function insecureWarning(options: Options, others: readonly string[]): string[] {
  const shared = others.length > 0 || !isLoopback(options.host)
  const proxied = options.trustProxy || options.origins.length > 0
  if (options.tls.kind !== 'none' || !shared || proxied) return []
  return [
    '',
    'Warning: browsers on other machines give a plain http page no encryption keys, no offline',
    'storage of the app and no clipboard, so Meridian will not run there. Start with --tls, or',
    'put a proxy with a certificate before it (docs/self-hosting.md).'
  ]
}

function trustInstructions(certificate: MadeCertificate | null): string[] {
  if (certificate === null) return []
  return [
    '',
    certificate.fresh
      ? 'A certificate was made for this machine. Each device must trust it once:'
      : 'The certificate of this machine, which each device must trust once:',
    `  ${certificate.path}`,
    `  SHA-256 ${certificate.fingerprint}`,
    '  Chrome, Edge: Settings > Privacy and security > Security > Manage certificates > import',
    '  Firefox: Settings > Privacy & Security > Certificates > View > Authorities > import',
    '  macOS: open the file, then set it to "Always Trust" in Keychain Access',
    '  iOS: open the file, install the profile, then Settings > General > About > Certificate Trust',
    '  Android: Settings > Security > Encryption & credentials > Install a certificate > CA',
    'A page whose warning was only clicked away works, but not offline: browsers refuse its worker.'
  ]
}

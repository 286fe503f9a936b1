// TLS for the host: a certificate that the operator has, or one made here and kept in the data folder.
import { X509Certificate } from 'node:crypto'
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises'
import { isIP } from 'node:net'
import { hostname, networkInterfaces } from 'node:os'
import { join } from 'node:path'
import { createSecureContext } from 'node:tls'
import { generate } from 'selfsigned'
import { dataFiles } from './data-folder'

/** How long a made certificate stands, days: Apple's systems accept no longer ones. */
const validDays = 397

/** A new one is made this long before the old one ends, ms: two weeks of starts. */
const renewBeforeMs = 14 * 24 * 60 * 60 * 1000

export type Certificate = { readonly cert: string; readonly key: string }
export type MadeCertificate = Certificate & {
  readonly path: string
  /** SHA-256, as browsers show it. */
  readonly fingerprint: string
  /** Whether it was made now, so that whoever trusted an older one has to trust this one. */
  readonly fresh: boolean
}

/** Names and addresses under which other machines may reach this one. */
export function ownNames(): string[] {
  const names = new Set(['localhost', '127.0.0.1', '::1', hostname().toLowerCase()])
  for (const address of lanAddresses()) names.add(address)
  return [...names]
}

/** IPv4 addresses of this machine in its networks. */
export function lanAddresses(): string[] {
  return Object.values(networkInterfaces())
    .flatMap((addresses) => addresses ?? [])
    .filter(({ family, internal }) => family === 'IPv4' && !internal)
    .map(({ address }) => address)
}

/** The kept certificate while it covers every name, else a new one in its place. */
export async function keepCertificate(folder: string, now: number): Promise<MadeCertificate> {
  const path = join(folder, dataFiles.certificate)
  const keyPath = join(folder, dataFiles.certificateKey)
  const names = ownNames()
  const kept = await readCertificate(path, keyPath)
  if (kept !== null && covers(new X509Certificate(kept.cert), names, now)) {
    return { ...kept, path, fingerprint: fingerprintOf(kept.cert), fresh: false }
  }
  const made = await makeCertificate(names, now)
  await mkdir(folder, { recursive: true })
  await writeWhole(keyPath, made.key, 0o600)
  await writeWhole(path, made.cert, 0o644)
  return { ...made, path, fingerprint: fingerprintOf(made.cert), fresh: true }
}

/** Reads certificate and key as given; throws with a sentence when they are missing or do not fit. */
export async function loadCertificate(certPath: string, keyPath: string): Promise<Certificate> {
  const certificate = {
    cert: await readGiven('--tls-cert', certPath),
    key: await readGiven('--tls-key', keyPath)
  }
  try {
    createSecureContext(certificate)
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause)
    throw new Error(`--tls-cert and --tls-key are no PEM pair: ${reason}`, { cause })
  }
  return certificate
}

async function readGiven(flag: string, path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8')
  } catch (cause) {
    throw new Error(`${flag} ${path} cannot be read`, { cause })
  }
}

async function readCertificate(path: string, keyPath: string): Promise<Certificate | null> {
  try {
    return { cert: await readFile(path, 'utf8'), key: await readFile(keyPath, 'utf8') }
  } catch (cause) {
    if (cause instanceof Error && 'code' in cause && cause.code === 'ENOENT') return null
    throw cause
  }
}

function covers(certificate: X509Certificate, names: readonly string[], now: number): boolean {
  if (Date.parse(certificate.validTo) - renewBeforeMs < now) return false
  return names.every((name) =>
    isIP(name) > 0
      ? certificate.checkIP(name) !== undefined
      : certificate.checkHost(name) !== undefined
  )
}

async function makeCertificate(names: readonly string[], now: number): Promise<Certificate> {
  const altNames = names.map((name) =>
    isIP(name) > 0 ? ({ type: 7, ip: name } as const) : ({ type: 2, value: name } as const)
  )
  const { cert, private: key } = await generate(
    [{ name: 'commonName', value: `Meridian on ${hostname()}` }],
    {
      keyType: 'ec',
      curve: 'P-256',
      algorithm: 'sha256',
      notBeforeDate: new Date(now - 60_000),
      notAfterDate: new Date(now + validDays * 24 * 60 * 60 * 1000),
      extensions: [
        // Systems offer to trust only what says it is an authority; it may sign no other one.
        { name: 'basicConstraints', cA: true, pathLenConstraint: 0, critical: true },
        { name: 'keyUsage', digitalSignature: true, keyCertSign: true, critical: true },
        { name: 'extKeyUsage', serverAuth: true },
        { name: 'subjectAltName', altNames }
      ]
    }
  )
  return { cert, key }
}

function fingerprintOf(cert: string): string {
  return new X509Certificate(cert).fingerprint256
}

/** A reader sees the old file or the new one, also after a crash. */
async function writeWhole(path: string, text: string, mode: number): Promise<void> {
  await writeFile(`${path}.new`, text, { mode })
  await rename(`${path}.new`, path)
}

// The built app, held in memory in every encoding it is sent in.
import { createHash } from 'node:crypto'
import { readdir, readFile, stat } from 'node:fs/promises'
import { extname, join, relative, sep } from 'node:path'

/** All files together, bytes: the app is about 2 MB; past this, it is not the app. */
const filesBytesMax = 64 * 1024 * 1024

const types: Readonly<Record<string, string>> = {
  '.css': 'text/css; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
  '.ico': 'image/x-icon',
  '.js': 'text/javascript; charset=utf-8',
  '.json': 'application/json',
  '.png': 'image/png',
  '.svg': 'image/svg+xml',
  '.txt': 'text/plain; charset=utf-8',
  '.webmanifest': 'application/manifest+json',
  '.webp': 'image/webp',
  '.woff2': 'font/woff2'
}

/** Best first. The endings are those that `vite.host.config.ts` writes. */
const encodings = [
  { name: 'br', ending: '.br' },
  { name: 'gzip', ending: '.gz' }
] as const

type Bytes = Uint8Array<ArrayBuffer>
type StaticFile = {
  readonly type: string
  readonly tag: string
  readonly cacheControl: string
  readonly bytes: Bytes
  readonly encoded: ReadonlyMap<string, Bytes>
}

export type StaticFiles = {
  /** Whether the app's page is among them: the app was built. */
  readonly complete: boolean
  /** The file of a path, or the app's page for a navigation; null when there is neither. */
  answer(request: Request): Response | null
}

/** Reads a folder that does not change while the process lives. None at all answers null to everything. */
export async function loadStaticFiles(folder: string): Promise<StaticFiles> {
  const files = await readFiles(folder)
  return {
    complete: files.has('/index.html'),
    answer(request) {
      const { pathname } = new URL(request.url)
      const file =
        files.get(pathname) ??
        (isNavigation(request, pathname) ? files.get('/index.html') : undefined)
      return file === undefined ? null : answerFile(file, request)
    }
  }
}

/** A page that a person goes to: the app finds out itself what to show at this address. */
function isNavigation({ headers }: Request, pathname: string): boolean {
  if (extname(pathname) !== '') return false
  return (headers.get('Accept') ?? '').includes('text/html') || pathname === '/'
}

function answerFile(file: StaticFile, request: Request): Response {
  const headers = new Headers({
    'Content-Type': file.type,
    'Cache-Control': file.cacheControl,
    ETag: file.tag,
    Vary: 'Accept-Encoding'
  })
  if (request.headers.get('If-None-Match')?.includes(file.tag) === true) {
    return new Response(null, { status: 304, headers })
  }
  const [name, bytes] = choose(file, request.headers.get('Accept-Encoding') ?? '')
  if (name !== null) headers.set('Content-Encoding', name)
  headers.set('Content-Length', String(bytes.length))
  return new Response(request.method === 'HEAD' ? null : bytes, { headers })
}

function choose(file: StaticFile, accepted: string): [string | null, Bytes] {
  const names = new Set(accepted.split(',').map((part) => part.trim().split(';')[0]))
  for (const [name, bytes] of file.encoded) if (names.has(name)) return [name, bytes]
  return [null, file.bytes]
}

async function readFiles(folder: string): Promise<ReadonlyMap<string, StaticFile>> {
  const names = await namesIn(folder)
  const all = new Set(names)
  const files = new Map<string, StaticFile>()
  let total = 0
  for (const name of names) {
    if (encodings.some(({ ending }) => name.endsWith(ending))) continue
    const file = await readStaticFile(folder, name, all)
    total += file.bytes.length
    if (total > filesBytesMax) throw new Error(`More than ${filesBytesMax} bytes in ${folder}`)
    files.set(`/${name}`, file)
  }
  return files
}

async function readStaticFile(
  folder: string,
  name: string,
  all: ReadonlySet<string>
): Promise<StaticFile> {
  const bytes = await readFile(join(folder, name))
  const encoded = new Map<string, Bytes>()
  for (const { name: encoding, ending } of encodings) {
    if (all.has(name + ending)) encoded.set(encoding, await readFile(join(folder, name + ending)))
  }
  return {
    type: types[extname(name)] ?? 'application/octet-stream',
    tag: `"${createHash('sha256').update(bytes).digest('base64url').slice(0, 22)}"`,
    // Names under assets/ hold a hash of their content; all others must be asked for again.
    cacheControl: name.startsWith('assets/') ? 'public, max-age=31536000, immutable' : 'no-cache',
    bytes,
    encoded
  }
}

async function namesIn(folder: string): Promise<string[]> {
  const exists = await stat(folder).then(
    (found) => found.isDirectory(),
    () => false
  )
  if (!exists) return []
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)).split(sep).join('/'))
}

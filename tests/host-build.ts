// Builds the host for tests when its sources are newer: once, also with several test processes.
import { execFile } from 'node:child_process'
import { mkdir, open, readdir, readFile, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { promisify } from 'node:util'

const built = 'dist/host/embedded.js'
const sources = ['sync-api', 'vite.host.config.ts', 'package-lock.json']
const lock = 'dist/.host-build.lock'

/** How often a waiting process looks whether the building one is done, ms. */
const lookEveryMs = 100

let fresh: Promise<void> | null = null

/** Resolves when `dist/host` is as new as its sources. */
export function buildHost(): Promise<void> {
  fresh ??= buildIfStale()
  return fresh
}

async function buildIfStale(): Promise<void> {
  while (!(await takeLock())) await pause(lookEveryMs)
  try {
    if (await isStale()) await build()
  } finally {
    await rm(lock, { force: true })
  }
}

async function build(): Promise<void> {
  const vite = join('node_modules', 'vite', 'bin', 'vite.js')
  const args = [vite, 'build', '--config', 'vite.host.config.ts', '--logLevel', 'warn']
  await promisify(execFile)(process.execPath, args)
}

async function isStale(): Promise<boolean> {
  const times = await Promise.all(sources.map(newestIn))
  return (await newestIn(built)) < Math.max(...times)
}

/** Newest modification time in a file or folder, ms since 1970; 0 when there is none. */
async function newestIn(path: string): Promise<number> {
  const found = await stat(path).catch(() => null)
  if (found === null) return 0
  if (!found.isDirectory()) return found.mtimeMs
  const names = await readdir(path)
  return Math.max(0, ...(await Promise.all(names.map((name) => newestIn(join(path, name))))))
}

/** Whether this process now holds the lock. One left by a dead process is removed. */
async function takeLock(): Promise<boolean> {
  await mkdir('dist', { recursive: true })
  try {
    const file = await open(lock, 'wx')
    await file.writeFile(String(process.pid))
    await file.close()
    return true
  } catch (cause) {
    if (!(cause instanceof Error && 'code' in cause && cause.code === 'EEXIST')) throw cause
  }
  const holder = Number(await readFile(lock, 'utf8').catch(() => ''))
  if (holder > 0 && !isAlive(holder)) await rm(lock, { force: true })
  return false
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (cause) {
    // EPERM: it lives and belongs to somebody else.
    return cause instanceof Error && 'code' in cause && cause.code === 'EPERM'
  }
}

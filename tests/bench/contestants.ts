// The servers that are compared: how each is started, watched and ended.
import { spawn, type ChildProcess } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import type { DialectName } from './load/dialect'

/** One of the servers, running. */
export type Running = {
  readonly name: DialectName
  /** `http://host:port` */
  readonly origin: string
  readonly folder: string
  /** Processor time of all its threads since it started, seconds (in steps of 10 ms). */
  cpuSeconds(): number
  /** Resolves when it has nothing left to do: stores what it put off, folds, collects garbage. */
  quiet(): Promise<void>
  /** Memory after a garbage collection, once it has stopped changing. */
  settledMemory(): Promise<Memory>
  /** Ends it as a crash does. */
  kill(): Promise<void>
  stop(): Promise<void>
}

/** Resident bytes: the process's own, and those with the files it maps (which the kernel may drop). */
export type Memory = { readonly own: number; readonly withFiles: number }

const dist = import.meta.dirname
const commands: Record<DialectName, (folder: string) => string[]> = {
  floor: () => [join(dist, 'floor.js')],
  meridian: (folder) => [
    join(dist, '..', '..', '..', 'dist', 'host', 'embedded.js'),
    ...['--port', '0', '--host', '127.0.0.1', '--data', folder]
  ],
  hocuspocus: (folder) => [join(dist, 'hocuspocus.js'), folder]
}

/** A new empty folder for one server's data. */
export function makeFolder(name: DialectName): string {
  return mkdtempSync(join(tmpdir(), `meridian-bench-${name}-`))
}

export function removeFolder(folder: string): void {
  rmSync(folder, { recursive: true, force: true })
}

/** Starts a server on `folder`; resolves when it says where it listens. */
export async function startContestant(name: DialectName, folder: string): Promise<Running> {
  const profile = process.env.BENCH_PROFILE
  const flags = ['--expose-gc', '--import', join(dist, 'collector.js')]
  if (profile !== undefined) flags.push('--cpu-prof', '--cpu-prof-dir', join(profile, name))
  const child = spawn(process.execPath, [...flags, ...commands[name](folder)], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, NODE_ENV: 'production' }
  })
  const { pid } = child
  if (pid === undefined) throw new Error(`${name} did not start`)
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()))
  const end = async (signal: NodeJS.Signals): Promise<void> => {
    child.kill(signal)
    await ended
  }
  return {
    name,
    origin: await readOrigin(name, child),
    folder,
    cpuSeconds: () => readCpuSeconds(pid),
    quiet: () => quiet(() => readCpuSeconds(pid)),
    settledMemory: async () => {
      child.kill('SIGUSR2')
      await settled(() => readMemory(pid).own)
      return readMemory(pid)
    },
    kill: () => end('SIGKILL'),
    stop: () => end('SIGTERM')
  }
}

function readOrigin(name: DialectName, child: ChildProcess): Promise<string> {
  if (child.stdout === null || child.stderr === null) throw new Error('The server has no output')
  const said: string[] = []
  child.stderr.on('data', (data: Buffer) => said.push(data.toString()))
  const lines = createInterface({ input: child.stdout })
  return new Promise((resolve, reject) => {
    child.once('exit', (code) => reject(new Error(`${name} ended (${code}): ${said.join('')}`)))
    lines.on('line', (line) => {
      said.push(line)
      const found = /https?:\/\/(?:127\.0\.0\.1|localhost):\d+/.exec(line)
      if (found) resolve(found[0])
    })
  })
}

/** Fields 14 and 15 of /proc/<pid>/stat, in hundredths of a second. */
function readCpuSeconds(pid: number): number {
  const text = readFileSync(`/proc/${pid}/stat`, 'utf8')
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ')
  return (Number(fields[11]) + Number(fields[12])) / 100
}

function readMemory(pid: number): Memory {
  const text = readFileSync(`/proc/${pid}/status`, 'utf8')
  const bytesOf = (name: string): number =>
    Number(new RegExp(`${name}:\\s+(\\d+) kB`).exec(text)?.[1]) * 1024
  return { own: bytesOf('RssAnon'), withFiles: bytesOf('VmRSS') }
}

/** Resolves when the value has changed by less than 1 % for two seconds, or after twenty. */
async function settled(read: () => number): Promise<void> {
  let value = read()
  for (let quiet = 0, tries = 0; quiet < 4 && tries < 40; tries++) {
    await new Promise((resolve) => setTimeout(resolve, 500))
    const next = read()
    quiet = Math.abs(next - value) < value / 100 ? quiet + 1 : 0
    value = next
  }
}

/** Hocuspocus stores two seconds after the last key, and at most ten after the first. */
const quietMs = 2_500
const quietTriesMax = 60

/** Waits until less than 5 % of a core was used for `quietMs`: a hundred heartbeats take about 1 %. */
async function quiet(cpuSeconds: () => number): Promise<void> {
  const looks: number[] = []
  for (let tries = 0; tries < quietTriesMax; tries++) {
    looks.push(cpuSeconds())
    await new Promise((resolve) => setTimeout(resolve, 500))
    const before = looks.at(-1 - quietMs / 500)
    if (before !== undefined && cpuSeconds() - before < (0.05 * quietMs) / 1000) return
  }
}

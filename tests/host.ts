// The test bed of the real thing: the built host as a process of its own, on a free port.
import { spawn, type ChildProcess } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { createInterface } from 'node:readline'
import { buildHost } from './host-build'

export type TestHost = {
  /** As the host printed it, without a slash at the end: `http://localhost:<port>`. */
  readonly url: string
  readonly port: number
  readonly data: string
  /** The process now running; another one after `restart`. */
  readonly pid: number
  /** Sends a signal and resolves with the exit code, null when the signal ended it. */
  kill(signal: NodeJS.Signals): Promise<number | null>
  /** Stops it if it runs (asserting nothing) and removes the data folder. */
  stop(): Promise<void>
  /** Starts it again on the same folder and port; it must have ended. `build` is of another release. */
  restart(build?: string): Promise<void>
  /** Everything it has written to stdout and stderr. */
  output(): string
}

export type HostSetup = {
  readonly args?: readonly string[]
  readonly env?: Readonly<Record<string, string>>
  /** A command that runs the host: its words before the host's own. */
  readonly under?: readonly string[]
  /** The folder of another build than this release's. */
  readonly build?: string
  /** An existing data folder, which `stop` then leaves alone. */
  readonly data?: string
}

/** Resolves when it answers; rejects with its output when it ends instead. */
export async function startHost(setup: HostSetup = {}): Promise<TestHost> {
  await buildHost()
  const data = setup.data ?? (await mkdtemp(join(tmpdir(), 'meridian-')))
  let output = ''
  const run = (port: number, build = 'dist'): Promise<Running> => {
    const args = ['--data', data, '--port', String(port), ...(setup.args ?? [])]
    return launch(setup.under ?? [], build, args, setup.env, (text) => (output += text))
  }
  let running = await run(0, setup.build)
  const { url } = running
  const port = Number(new URL(url).port)
  return {
    url,
    port,
    data,
    get pid() {
      return running.child.pid ?? 0
    },
    async kill(signal) {
      running.child.kill(signal)
      return await running.ended
    },
    async stop() {
      running.child.kill('SIGTERM')
      await running.ended
      if (setup.data === undefined) await rm(data, { recursive: true, force: true })
    },
    async restart(build) {
      await running.ended
      running = await run(port, build)
    },
    output: () => output
  }
}

/** Runs the host until it ends by itself: for options that are refused. */
export async function runHost(
  args: readonly string[],
  env: Readonly<Record<string, string>> = {}
): Promise<{ code: number | null; output: string }> {
  await buildHost()
  let output = ''
  const child = spawnHost([], 'dist', args, env, (text) => (output += text))
  return { code: await exitOf(child), output }
}

/** Runs a command of the host's build to its end: backup, restore, verify or export. */
export async function runTool(
  name: string,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {}
): Promise<{ code: number | null; output: string }> {
  await buildHost()
  let output = ''
  const child = spawnScript(
    [process.execPath, `dist/host/${name}.js`],
    args,
    env,
    (text) => (output += text)
  )
  return { code: await exitOf(child), output }
}

type Running = {
  readonly child: ChildProcess
  readonly url: string
  readonly ended: Promise<number | null>
}

async function launch(
  under: readonly string[],
  build: string,
  args: readonly string[],
  env: Readonly<Record<string, string>> | undefined,
  write: (text: string) => void
): Promise<Running> {
  let written = ''
  const child = spawnHost(under, build, args, env ?? {}, (text) => {
    written += text
    write(text)
  })
  const ended = exitOf(child)
  const ready = new Promise<string>((found) => {
    createInterface({ input: child.stdout! }).on('line', (line) => {
      const url = /^Meridian is ready at (\S+)\/$/.exec(line)?.[1]
      if (url !== undefined) found(url)
    })
  })
  const url = await Promise.race([ready, ended.then(() => null)])
  if (url === null) throw new Error(`The host ended before it was ready:\n${written}`)
  return { child, url, ended }
}

function spawnHost(
  under: readonly string[],
  build: string,
  args: readonly string[],
  env: Readonly<Record<string, string>>,
  write: (text: string) => void
): ChildProcess {
  return spawnScript(
    [...under, process.execPath, resolve(build, 'host/embedded.js')],
    args,
    env,
    write
  )
}

function spawnScript(
  command: readonly string[],
  args: readonly string[],
  env: Readonly<Record<string, string>>,
  write: (text: string) => void
): ChildProcess {
  const words = [...command, ...args]
  const child = spawn(words[0]!, words.slice(1), {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe']
  })
  child.stdout.setEncoding('utf8').on('data', write)
  child.stderr.setEncoding('utf8').on('data', write)
  return child
}

function exitOf(child: ChildProcess): Promise<number | null> {
  // `close` and not `exit`: the output is complete then.
  return new Promise((ended) => child.once('close', (code) => ended(code)))
}

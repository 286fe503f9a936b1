// What the commands beside the host share: their arguments, and an end with a sentence and a code.
import { spawn } from 'node:child_process'
import { resolve } from 'node:path'
import { dataFolderOf, OptionError, parse } from './options'

export type Arguments = {
  /** Absolute path of the data folder. */
  readonly data: string
  /** Absolute path of what was named without a flag; null when nothing was. */
  readonly place: string | null
  readonly acceptDamage: boolean
}

/** Writes a line to stdout; what is wrong goes to stderr. */
export const say = (line: string): void => void process.stdout.write(`${line}\n`)
export const complain = (line: string): void => void process.stderr.write(`${line}\n`)

const flags = {
  data: { type: 'string' },
  'accept-damage': { type: 'boolean' },
  help: { type: 'boolean', short: 'h' }
} as const

/** Set in the process that does the work, so that it does not start another. */
const watched = 'MERIDIAN_WATCHED'

/**
 * Runs a command and ends the process with the code that `run` resolves with; an expected failure
 * ends it with its sentence alone. The work is done in a process of its own: lmdb has no checksums,
 * and a damaged page can end the process that reads it without a word.
 */
export async function runCommand(
  help: string,
  run: (given: Arguments) => Promise<number>
): Promise<void> {
  try {
    const given = readArguments(process.argv.slice(2))
    if (given === null) say(help)
    else if (process.env[watched] === undefined) process.exitCode = await runWatched()
    else process.exitCode = await run(given)
  } catch (failure) {
    complain(failure instanceof Error ? failure.message : String(failure))
    process.exitCode = 1
  }
}

/** Signals by which a process ends that read what was not there. */
const crashes: readonly unknown[] = ['SIGSEGV', 'SIGBUS', 'SIGABRT', 'SIGILL', 'SIGFPE', 'SIGTRAP']

/** The same command again, in a process whose end is looked at. */
function runWatched(): Promise<number> {
  const child = spawn(process.execPath, process.argv.slice(1), {
    env: { ...process.env, [watched]: '1' },
    stdio: 'inherit'
  })
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => child.kill(signal))
  return new Promise((resolve, reject) => {
    child.on('error', reject)
    child.on('close', (code, signal) => {
      if (crashes.includes(signal)) {
        complain(
          'damage: The files are damaged so that reading them ended the process. Restore a backup from before ' +
            '(docs/self-hosting.md).'
        )
      }
      resolve(code ?? 1)
    })
  })
}

/** The place that a command cannot do without. */
export function placeOf({ place }: Arguments, what: string): string {
  if (place === null) throw new OptionError(`Name ${what} (see --help)`)
  return place
}

/** Null when help was asked for. */
function readArguments(args: readonly string[]): Arguments | null {
  const { values, positionals } = parse(args, flags, true)
  if (values.help === true) return null
  const [place, more] = positionals
  if (more !== undefined) throw new OptionError(`"${more}" is one too many (see --help)`)
  return {
    data: dataFolderOf(values.data, process.env),
    place: place === undefined ? null : resolve(place),
    acceptDamage: values['accept-damage'] === true
  }
}

// What a process asked of the system, in the order strace saw it: writes with their bytes, and flushes.
import { readFile } from 'node:fs/promises'

export type Syscall = {
  readonly name: string
  readonly fd: number
  /** The file it was about; of no use for sockets. */
  readonly path: string
  /** What was written, as hex digits. */
  readonly bytes: string
  /** Where in the file that was written, bytes; null where the descriptor has no position. */
  readonly offset: number | null
  /** What it answered: bytes written, a position; below 0 when it failed. */
  readonly result: number
  /** Lines of the trace where it began and where it had returned: equal when nothing came between. */
  readonly began: number
  readonly returned: number
}

export type Trace = {
  /** Every call that returned, by when it began. */
  readonly calls: readonly Syscall[]
  /** File descriptors whose every write is a flush of its own (O_DSYNC). */
  readonly synchronous: ReadonlySet<number>
}

/**
 * The words before a command that trace it into `file`. The tracer is a grandchild, so that signals
 * reach the command itself; it keeps stderr open until the whole trace is written.
 */
export function tracedInto(file: string): string[] {
  const calls = 'trace=openat,lseek,pwrite64,write,writev,sendto,sendmsg,fdatasync,fsync,msync'
  return ['strace', '-D', '-f', '-qq', '-yy', '-xx', '-s', '1000000', '-e', calls, '-o', file]
}

export async function readTrace(file: string): Promise<Trace> {
  const calls: Syscall[] = []
  const synchronous = new Set<number>()
  const begun = new Map<string, Begun>()
  const positions = new Map<number, number>()
  const lines = (await readFile(file, 'latin1')).split('\n')
  for (const [at, line] of lines.entries()) {
    const [, thread = '', said = ''] = /^(\d+) +(.*)$/.exec(line) ?? []
    const opened = /^openat\(.*O_DSYNC.* = (\d+)</.exec(said)
    if (opened !== null) synchronous.add(Number(opened[1]))
    const call = begunIn(said, at) ?? resumedIn(said, begun.get(thread))
    if (call === null) continue
    if (said.endsWith('<unfinished ...>')) {
      begun.set(thread, call)
      continue
    }
    const done = { ...call, returned: at, result: Number(/ = (-?\d+)/.exec(said)?.[1] ?? -1) }
    calls.push({ ...done, offset: call.offset ?? positions.get(call.fd) ?? null })
    move(positions, done)
  }
  return { calls: calls.toSorted((one, other) => one.began - other.began), synchronous }
}

/** Keeps where the next write without an offset of its own goes. */
function move(positions: Map<number, number>, { name, fd, result }: Omit<Syscall, 'offset'>): void {
  if (name === 'lseek') positions.set(fd, result)
  const position = positions.get(fd)
  const moves = name === 'write' || name === 'writev'
  if (moves && position !== undefined) positions.set(fd, position + result)
}

type Begun = Omit<Syscall, 'returned' | 'result'>

function begunIn(said: string, began: number): Begun | null {
  const start = /^(\w+)\((\d+)<([^>]*)>/.exec(said)
  if (start === null) return null
  const [head, name = '', fd, path = ''] = start
  const strings = said.slice(head.length).match(/"(\\x[0-9a-f]{2})*"/g) ?? []
  const offset = name === 'pwrite64' ? /, (\d+)(?:\)| <unfinished)/.exec(said)?.[1] : undefined
  return {
    ...{ name, fd: Number(fd), path: textOf(path), bytes: hexOf(strings.join('')), began },
    offset: offset === undefined ? null : Number(offset)
  }
}

function resumedIn(said: string, call: Begun | undefined): Begun | null {
  return call !== undefined && said.startsWith(`<... ${call.name} resumed>`) ? call : null
}

function hexOf(escaped: string): string {
  return escaped.replaceAll(/["\\x]/g, '')
}

function textOf(escaped: string): string {
  return Buffer.from(hexOf(escaped), 'hex').toString()
}

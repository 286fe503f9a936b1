// A network of its own for a browser, joined to this machine by a link that can be cut for real.
import { execFile, spawnSync } from 'node:child_process'
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { findCommand } from './browsers.mjs'

export type Link = {
  /** This machine's address, as seen from behind the link. */
  readonly address: string
  /** An executable that runs a command behind the link. */
  readonly command: string
  cut(): Promise<void>
  mend(): Promise<void>
  remove(): Promise<void>
}

const run = promisify(execFile)

/** Why there can be none on this machine, as a sentence; null when there can. */
export function whyNoLink(): string | null {
  if (findCommand('ip') === null) return 'No ip here: install iproute2 to cut a network for real.'
  if (process.getuid?.() !== 0) return 'Only root can make a network to cut.'
  const name = `meridian-probe-${process.pid}`
  const made = spawnSync('ip', ['netns', 'add', name], { encoding: 'utf8' })
  if (made.status !== 0) return `No network to cut can be made here: ${made.stderr.trim()}`
  spawnSync('ip', ['netns', 'del', name])
  return null
}

/** A link for one command, such as a browser's. Rejects with what `ip` says when it cannot be made. */
export async function openLink(command: string): Promise<Link> {
  const name = `meridian-${process.pid}`
  const [here, there] = [`m${process.pid}a`, `m${process.pid}b`]
  const net = `10.99.${process.pid % 256}`
  const inside = (...words: string[]): string[] => ['netns', 'exec', name, 'ip', ...words]
  const steps = [
    ['netns', 'add', name],
    ['link', 'add', here, 'type', 'veth', 'peer', 'name', there, 'netns', name],
    ['addr', 'add', `${net}.1/24`, 'dev', here],
    ['link', 'set', here, 'up'],
    inside('link', 'set', 'lo', 'up'),
    inside('addr', 'add', `${net}.2/24`, 'dev', there),
    inside('link', 'set', there, 'up'),
    inside('route', 'add', 'default', 'via', `${net}.1`)
  ]
  for (const words of steps) await run('ip', words)
  const folder = await mkdtemp(join(tmpdir(), 'meridian-link-'))
  const script = join(folder, 'behind-the-link')
  await writeFile(script, `#!/bin/sh\nexec ip netns exec ${name} '${command}' "$@"\n`)
  await chmod(script, 0o755)
  return {
    address: `${net}.1`,
    command: script,
    // At this end, as a cable is pulled: behind the link addresses and routes stay as they are.
    cut: async () => void (await run('ip', ['link', 'set', here, 'down'])),
    mend: async () => void (await run('ip', ['link', 'set', here, 'up'])),
    async remove() {
      // The link goes with it.
      await run('ip', ['netns', 'del', name])
      await rm(folder, { recursive: true })
    }
  }
}

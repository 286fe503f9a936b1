// The process of a browser we started, found by its profile: Playwright does not tell which it is.
import { readdir, readFile } from 'node:fs/promises'

/** Kills the browser that runs on this profile, and all its children with it. */
export async function killProcessOf(profile: string): Promise<void> {
  const leader = await leaderOn(profile)
  // Playwright starts each browser in a process group of its own.
  process.kill(-leader, 'SIGKILL')
}

/** Our own child that was told to use the profile. */
async function leaderOn(profile: string): Promise<number> {
  for (const name of await readdir('/proc')) {
    if (!/^\d+$/.test(name)) continue
    const [command, parent] = await Promise.all([commandOf(name), parentOf(name)])
    if (parent === process.pid && command.some((word) => word.endsWith(profile)))
      return Number(name)
  }
  throw new Error(`No browser of this process runs on ${profile}`)
}

async function commandOf(pid: string): Promise<readonly string[]> {
  return (await readProcess(pid, 'cmdline')).split('\0')
}

async function parentOf(pid: string): Promise<number> {
  const line = await readProcess(pid, 'stat')
  // The name before `)` may hold spaces; the parent is the second field after it.
  return Number(line.slice(line.lastIndexOf(')') + 2).split(' ')[1])
}

/** Empty for a process that has ended meanwhile. */
function readProcess(pid: string, file: string): Promise<string> {
  return readFile(`/proc/${pid}/${file}`, 'utf8').catch(() => '')
}

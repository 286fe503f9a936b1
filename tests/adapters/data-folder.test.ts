// One process at a time has a data folder.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile, rm, stat, utimes, writeFile } from 'node:fs/promises'
import { hostname, tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { openDataFolder } from '../../sync-api/adapters/node/data-folder'

let base: string
let path: string
beforeEach(async () => {
  base = await mkdtemp(join(tmpdir(), 'meridian-data-'))
  path = join(base, 'data')
})
afterEach(() => rm(base, { recursive: true }))

/** Leaves a lock as a process that was killed would have. */
async function leaveLock(owner: object): Promise<void> {
  const folder = await openDataFolder(path)
  await folder.close()
  await writeFile(join(path, 'lock'), JSON.stringify(owner))
}

it('makes a folder that other accounts cannot look into', async () => {
  const folder = await openDataFolder(path)
  expect((await stat(path)).mode & 0o777).toBe(0o700)
  await folder.close()
})

it('refuses a second time what is open, and says who has it', async () => {
  const folder = await openDataFolder(path)
  const sentence = `is in use by process ${process.pid} on ${hostname()}. Stop it first`
  await expect(openDataFolder(path)).rejects.toThrow(sentence)
  await folder.close()
  await (await openDataFolder(path)).close()
})

it('refuses while another process lives that has it', async () => {
  const other = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1e6)'])
  await once(other, 'spawn')
  await leaveLock({ pid: other.pid, host: hostname(), began: null, token: 'x' })
  await expect(openDataFolder(path)).rejects.toThrow(`in use by process ${other.pid}`)
  other.kill('SIGKILL')
  await once(other, 'exit')
  await (await openDataFolder(path)).close()
})

it('takes over from a dead process whose number another one has now', async () => {
  await leaveLock({ pid: process.pid, host: hostname(), began: 'another/1', token: 'x' })
  await (await openDataFolder(path)).close()
})

it('believes an owner on another host for as long as it touches its lock', async () => {
  await leaveLock({ pid: 1, host: 'elsewhere', began: null, token: 'x' })
  await expect(openDataFolder(path)).rejects.toThrow('in use by process 1 on elsewhere')
  const longAgo = new Date(Date.now() - 60_000)
  await utimes(join(path, 'lock'), longAgo, longAgo)
  await (await openDataFolder(path)).close()
})

it('lets one of several that start at once have it', async () => {
  await leaveLock({ pid: 2 ** 30, host: hostname(), began: null, token: 'x' })
  const starts = await Promise.allSettled(Array.from({ length: 8 }, () => openDataFolder(path)))
  const opened = starts.filter((start) => start.status === 'fulfilled')
  expect(opened).toHaveLength(1)
  await opened[0]!.value.close()
})

it('leaves a folder of a newer release alone, and says what to do', async () => {
  await (await openDataFolder(path)).close()
  await writeFile(join(path, 'format'), '99\n')
  await expect(openDataFolder(path)).rejects.toThrow('Start the release that wrote it')
  expect(await readFile(join(path, 'format'), 'utf8')).toBe('99\n')
  await writeFile(join(path, 'format'), '1\n')
  await (await openDataFolder(path)).close()
})

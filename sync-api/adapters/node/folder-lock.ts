// A lock file that says which process has a folder, and that tells a living owner from a dead one.
import { randomUUID } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { link, readFile, rename, rm, stat, utimes, writeFile } from 'node:fs/promises'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { hasCode } from './file-errors'

export type FolderLock = { release(): Promise<void> }

type Owner = {
  readonly pid: number
  readonly host: string
  /** When the process began, as the kernel counts; null where it cannot be known. */
  readonly began: string | null
  readonly token: string
}

/** How often the owner touches its lock, ms. */
const touchEveryMs = 5_000

/** On another host, as in another container, only the touches show that an owner lives, ms. */
const staleAfterMs = 20_000

/** Takes the folder, or rejects with a sentence that names who has it. */
export async function takeLock(folder: string): Promise<FolderLock> {
  const file = join(folder, 'lock')
  const owner: Owner = {
    pid: process.pid,
    host: hostname(),
    began: beginningOf(process.pid),
    token: randomUUID()
  }
  const text = JSON.stringify(owner)
  // A second try after a dead owner's file was put away; who is overtaken then sees a living owner.
  for (let attempt = 0; attempt < 2; attempt++) {
    if (await createFile(file, text)) return keep(file, text)
    await putAwayIfDead(file, folder)
  }
  throw new Error(`The data folder ${folder} is being taken by another process. Try again.`)
}

async function createFile(file: string, text: string): Promise<boolean> {
  // Linked into place whole: nobody ever reads half a lock.
  const draft = `${file}.${randomUUID()}`
  await writeFile(draft, text)
  try {
    await link(draft, file)
    return true
  } catch (failure) {
    if (hasCode(failure, 'EEXIST')) return false
    throw failure
  } finally {
    await rm(draft, { force: true })
  }
}

async function putAwayIfDead(file: string, folder: string): Promise<void> {
  const found = await readLock(file)
  if (found === null) return
  if (await isAlive(found.owner, file)) throw new Error(takenBy(found.owner, folder))
  const away = `${file}.${randomUUID()}`
  await rename(file, away)
  const moved = await readFile(away, 'utf8')
  // Somebody else put the dead one away first, and this is theirs: it goes back.
  if (moved !== found.text) await link(away, file)
  await rm(away)
  if (moved !== found.text) throw new Error(takenBy(ownerOf(moved), folder))
}

async function readLock(file: string): Promise<{ owner: Owner | null; text: string } | null> {
  try {
    const text = await readFile(file, 'utf8')
    return { owner: ownerOf(text), text }
  } catch (failure) {
    if (hasCode(failure, 'ENOENT')) return null
    throw failure
  }
}

function ownerOf(text: string): Owner | null {
  try {
    return JSON.parse(text) as Owner
  } catch {
    // Not a lock of ours, or damaged: nothing living can be found by it.
    return null
  }
}

async function isAlive(owner: Owner | null, file: string): Promise<boolean> {
  if (owner === null) return false
  if (owner.host !== hostname()) return Date.now() - (await stat(file)).mtimeMs < staleAfterMs
  if (!exists(owner.pid)) return false
  // After a restart of the machine or container the number may be another process, even this one.
  return owner.began === null || owner.began === beginningOf(owner.pid)
}

function exists(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (failure) {
    // Not ours to signal, but there.
    return hasCode(failure, 'EPERM')
  }
}

/** When a process began: boot and clock tick, as Linux tells; null elsewhere. */
function beginningOf(pid: number): string | null {
  try {
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()
    const line = readFileSync(`/proc/${pid}/stat`, 'utf8')
    // The name before `)` may hold spaces; the beginning is the 20th field after it.
    const ticks = line.slice(line.lastIndexOf(')') + 2).split(' ')[19]
    return ticks === undefined ? null : `${boot}/${ticks}`
  } catch {
    // Another system, which has no /proc: the number alone has to do.
    return null
  }
}

function takenBy(owner: Owner | null, folder: string): string {
  const who = owner === null ? 'another process' : `process ${owner.pid} on ${owner.host}`
  return `The data folder ${folder} is in use by ${who}. Stop it first, or choose another folder with --data.`
}

function keep(file: string, text: string): FolderLock {
  const touch = (): void => {
    const now = new Date()
    // The folder may have been taken away under us; what is stored then fails on its own.
    utimes(file, now, now).catch(() => clearInterval(touching))
  }
  const touching = setInterval(touch, touchEveryMs)
  touching.unref()
  return {
    async release() {
      clearInterval(touching)
      const found = await readLock(file)
      if (found?.text === text) await rm(file)
    }
  }
}

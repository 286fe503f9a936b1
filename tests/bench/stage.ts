// Where rows are played: the load generator, and servers started fresh for each row.
import { fork } from 'node:child_process'
import { join } from 'node:path'
import { makeFolder, removeFolder, startContestant, type Running } from './contestants'
import type { DialectName } from './load/dialect'
import type { Generator, Target } from './load/generator'
import { callChild } from './remote'
import type { Settings } from './settings'

export type Stage = {
  readonly settings: Settings
  readonly generator: Generator
  /** The servers that keep what they are given. */
  readonly keepers: readonly DialectName[]
  /** Starts these servers on empty folders, plays, and removes all of it. */
  withServers<T>(
    names: readonly DialectName[],
    play: (servers: readonly Running[]) => Promise<T>
  ): Promise<T>
  /** The same server again on what it has stored. */
  restart(server: Running, how: 'stop' | 'kill'): Promise<Running>
  close(): void
}

export function openStage(settings: Settings): Stage {
  const child = fork(join(import.meta.dirname, 'generator.js'), { serialization: 'advanced' })
  const running = new Set<Running>()
  const start = async (name: DialectName, folder: string): Promise<Running> => {
    const server = await startContestant(name, folder)
    running.add(server)
    return server
  }
  const end = async (server: Running, how: 'stop' | 'kill'): Promise<void> => {
    running.delete(server)
    await server[how]()
  }
  return {
    settings,
    generator: callChild<Generator>(child),
    keepers: settings.servers.filter((name) => name !== 'floor'),
    withServers: async (names, play) => {
      const folders = names.map(makeFolder)
      try {
        const servers: Running[] = []
        for (const [at, name] of names.entries()) servers.push(await start(name, folders[at] ?? ''))
        return await play(servers)
      } finally {
        for (const server of running) await end(server, 'stop')
        folders.forEach(removeFolder)
      }
    },
    restart: async (server, how) => {
      await end(server, how)
      return await start(server.name, server.folder)
    },
    close: () => void child.kill()
  }
}

export function targetOf(server: Running): Target {
  return { dialect: server.name, origin: server.origin }
}

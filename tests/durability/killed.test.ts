// The host's process is killed, again and again, while people write, while it folds and is backed up.
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { buildPlanted, plantedFolder } from './planted'
import { startKilling, type Killed } from './killing'

/** `MERIDIAN_KILLS=9000 npx vitest run tests/durability/killed.test.ts` kills as often as that. */
const kills = Number(process.env['MERIDIAN_KILLS'] ?? 150)
/** `MERIDIAN_SEED` makes another choice of moments. */
const seed = Number(process.env['MERIDIAN_SEED'] ?? 20_261_125)

/** Hosts at once: one starts, which takes longest, while the other is written to. */
const hosts = 2

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'meridian-killed-'))
})
afterAll(async () => {
  for (const made of [folder, plantedFolder]) await rm(made, { recursive: true, force: true })
})

test(
  `after each of ${kills} kills everything acknowledged is there, once and in order, and nothing is damaged`,
  async () => {
    const killed = await Promise.all(
      Array.from({ length: hosts }, (_, at) =>
        startKilling({ folder: join(folder, `${at}`), kills: kills / hosts, seed: seed + at })
      )
    )
    for (const { lost, report } of killed) {
      process.stdout.write(`${report}\n`)
      expect(lost).toEqual([])
    }
    expect(sum(killed, 'folds')).toBeGreaterThan(0)
    expect(sum(killed, 'backups')).toBeGreaterThan(0)
  },
  // A guard against a hang, on the slowest machine.
  60_000 + kills * 20_000
)

test('a host that acknowledges before the commit is found out', async () => {
  const build = await buildPlanted('acknowledges before the commit')
  const { lost } = await startKilling({ folder: join(folder, 'planted'), kills: 15, seed, build })
  expect(lost).not.toEqual([])
}, 300_000)

function sum(killed: readonly Killed[], what: 'folds' | 'backups'): number {
  return killed.reduce((total, one) => total + one[what], 0)
}

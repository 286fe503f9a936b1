// `npm run bench [-- <row> ...]`: installs the peers when they are missing, builds, and runs.
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const bench = dirname(fileURLToPath(import.meta.url))
const project = join(bench, '..', '..')

if (!existsSync(join(bench, 'node_modules', '@hocuspocus')))
  step('npm', ['ci', '--no-audit', '--no-fund'], bench)
step('npx', ['vite', 'build', '--config', 'vite.host.config.ts', '--logLevel', 'warn'], project)
step(
  'npx',
  ['vite', 'build', '--config', 'tests/bench/vite.config.ts', '--logLevel', 'warn'],
  project
)
step(process.execPath, [join(bench, 'dist', 'bench.js'), ...process.argv.slice(2)], project)

function step(command, words, cwd) {
  const { status, error } = spawnSync(command, words, { cwd, stdio: 'inherit' })
  if (error) throw error
  if (status !== 0) process.exit(status ?? 1)
}

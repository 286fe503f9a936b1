// `npm run check`: types, lint, format, imports, dead code and sizes, two at a time.
// `--built` measures the build that is there instead of making one.
import { spawn } from 'node:child_process'
import path from 'node:path'

/** Two, since type checking one project fills a core. */
const atOnce = 2
const built = process.argv.includes('--built')
const root = path.resolve(import.meta.dirname, '../..')
const tool = (/** @type {string} */ name) => path.join(root, 'node_modules', '.bin', name)

/** @typedef {{ name: string, command: string[] }} Step */

/** @type {Step[]} */
const steps = [
  // Slowest first, so that none of them is left alone at the end.
  ...['tests', 'app', 'node', 'core', 'sw'].map((project) => ({
    name: `types of ${project}`,
    command: [tool('tsc'), '-p', `tsconfig.${project}.json`, ...remembered(project)]
  })),
  ...(built ? [] : [{ name: 'build', command: ['npm', 'run', '--silent', 'build'] }]),
  {
    name: 'imports',
    command: [tool('depcruise'), '--config', '.dependency-cruiser.cjs', ...codeFolders()]
  },
  { name: 'lint', command: [tool('oxlint'), '--type-aware', '--deny-warnings'] },
  { name: 'format', command: [tool('prettier'), '--check', '--log-level=warn', '--cache', '.'] },
  { name: 'dead code', command: [tool('knip'), '--no-progress', '--no-config-hints'] }
]

function codeFolders() {
  return ['app', 'sw', 'sync-api', 'tests']
}

/**
 * Lets the compiler look again only at what has changed since the last check.
 * @param {string} project
 */
function remembered(project) {
  const file = path.join('node_modules', '.cache', 'meridian', `${project}.tsbuildinfo`)
  return ['--incremental', '--tsBuildInfoFile', file]
}

/**
 * Runs a step to its end and prints its name, time and, if it failed, what it said.
 * @param {Step} step
 * @returns {Promise<boolean>}
 */
function run({ name, command: [program = '', ...rest] }) {
  const startedAt = Date.now()
  const child = spawn(program, rest, { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] })
  let said = ''
  child.stdout.on('data', (data) => (said += data))
  child.stderr.on('data', (data) => (said += data))
  return new Promise((resolve) => {
    const end = (/** @type {boolean} */ passed) => {
      const seconds = ((Date.now() - startedAt) / 1000).toFixed(1)
      process.stdout.write(`${passed ? 'ok' : 'FAILED'}  ${name} (${seconds} s)\n`)
      if (!passed) process.stdout.write(`${said.trim()}\n`)
      resolve(passed)
    }
    child.on('error', (cause) => {
      said += String(cause)
      end(false)
    })
    child.on('close', (status) => end(status === 0))
  })
}

/** Takes steps from the list until none is left; answers whether all that it took passed. */
async function work() {
  let passed = true
  for (let step = steps.shift(); step !== undefined; step = steps.shift()) {
    passed = (await run(step)) && passed
  }
  return passed
}

const results = await Promise.all(Array.from({ length: atOnce }, work))
// Last, since it measures what the build made.
results.push(await run({ name: 'sizes', command: [tool('size-limit')] }))
process.exitCode = results.includes(false) ? 1 : 0

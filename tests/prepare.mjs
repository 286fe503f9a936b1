// Before the tests: finds the browsers, installs Debian's where it may, else says what to run.
import { spawnSync } from 'node:child_process'
import { browsers, findBrowser, findCommand, whyMissing } from './browser/browsers.mjs'

/** @typedef {import('./browser/browsers.mjs').BrowserKind} BrowserKind */

/** Without it there is no proof at all; the others' tests are skipped, except in CI. */
const required = process.env['CI'] === 'true' ? Object.keys(browsers) : ['chromium']
const kinds = /** @type {BrowserKind[]} */ (Object.keys(browsers))

const missing = () => kinds.filter((kind) => findBrowser(kind) === null)

/**
 * The words before `apt-get` that make it work here, or null when only a person can run it.
 * @returns {string[] | null}
 */
function administrator() {
  if (findCommand('apt-get') === null) return null
  if (process.getuid?.() === 0) return []
  const sudo = spawnSync('sudo', ['-n', 'true'], { stdio: 'ignore' })
  return sudo.status === 0 ? ['sudo', '-n'] : null
}

/**
 * @param {string[]} words
 * @param {string[]} packages
 */
function install(words, packages) {
  process.stdout.write(`Installing ${packages.join(', ')} with apt-get.\n`)
  const aptGet = [...words, 'env', 'DEBIAN_FRONTEND=noninteractive', 'apt-get', '-qq']
  // A fresh machine has no package lists.
  run([...aptGet, 'update'])
  run([...aptGet, '-y', '--no-install-recommends', 'install', ...packages])
}

/** @param {string[]} words */
function run([command, ...rest]) {
  const { status } = spawnSync(command ?? '', rest, { stdio: ['ignore', 'ignore', 'inherit'] })
  if (status !== 0) process.stderr.write(`apt-get ended with ${status}.\n`)
}

/**
 * One command for all that is missing.
 * @param {BrowserKind[]} of
 */
function commandFor(of) {
  const packages = of.flatMap((kind) => browsers[kind].packages)
  return `sudo apt-get update && sudo apt-get install -y --no-install-recommends ${packages.join(' ')}`
}

/** Installs what may be installed and says what is left to do; answers whether the tests can run. */
function prepare() {
  const words = administrator()
  const absent = missing()
  if (absent.length > 0 && words !== null) {
    install(
      words,
      absent.flatMap((kind) => browsers[kind].packages)
    )
  }
  const still = missing()
  for (const kind of still) process.stderr.write(`${whyMissing(kind)}\n`)
  if (still.length > 0) process.stderr.write(`On Debian or Ubuntu run:\n  ${commandFor(still)}\n`)
  return !still.some((kind) => required.includes(kind))
}

try {
  process.exitCode = prepare() ? 0 : 1
} catch (cause) {
  process.stderr.write(`${cause instanceof Error ? cause.message : String(cause)}\n`)
  process.exitCode = 1
}

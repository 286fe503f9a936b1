// Before the tests: finds what they need, installs Debian's where it may, else says what to run.
import { spawnSync } from 'node:child_process'
import { browsers, findBrowser, findCommand, whyMissing } from './browser/browsers.mjs'
import { isRedisHere, redisPackages } from './local-cloud/redis-here.mjs'

/** @typedef {import('./browser/browsers.mjs').BrowserKind} BrowserKind */

/** Without it there is no proof at all; the others' tests are skipped, except in CI. */
const indispensable = 'chromium'
const kinds = /** @type {BrowserKind[]} */ (Object.keys(browsers))

/** What tests need besides Node: each with Debian's packages, and a sentence for when it is missing. */
const needs = [
  ...kinds.map((kind) => ({
    name: kind,
    packages: browsers[kind].packages,
    isThere: () => findBrowser(kind) !== null,
    whyMissing: whyMissing(kind)
  })),
  {
    name: 'strace',
    packages: ['strace'],
    isThere: () => findCommand('strace') !== null,
    whyMissing: 'No strace here: whether flushes come before acknowledgements is not tested.'
  },
  {
    name: 'ip',
    packages: ['iproute2'],
    isThere: () => findCommand('ip') !== null,
    whyMissing: 'No ip here: a network that is cut for real is not tested.'
  },
  {
    name: 'redis-server',
    packages: redisPackages,
    isThere: isRedisHere,
    whyMissing: 'No redis-server here: the cache of a region is not tested.'
  }
]

const missing = () => needs.filter(({ isThere }) => !isThere())

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
 * @param {typeof needs} of
 */
function commandFor(of) {
  const packages = of.flatMap((need) => need.packages)
  return `sudo apt-get update && sudo apt-get install -y --no-install-recommends ${packages.join(' ')}`
}

/** Installs what may be installed and says what is left to do; answers whether the tests can run. */
function prepare() {
  const words = administrator()
  const absent = missing().flatMap(({ packages }) => packages)
  if (absent.length > 0 && words !== null) install(words, absent)
  const still = missing()
  for (const need of still) process.stderr.write(`${need.whyMissing}\n`)
  if (still.length > 0) process.stderr.write(`On Debian or Ubuntu run:\n  ${commandFor(still)}\n`)
  const required = process.env['CI'] === 'true' ? still : still.filter(isIndispensable)
  return required.length === 0
}

/** @param {{ name: string }} need */
function isIndispensable({ name }) {
  return name === indispensable
}

try {
  process.exitCode = prepare() ? 0 : 1
} catch (cause) {
  process.stderr.write(`${cause instanceof Error ? cause.message : String(cause)}\n`)
  process.exitCode = 1
}

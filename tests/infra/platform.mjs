// SST's platform (.sst/platform): the TypeScript of its components, laid down by `sst install` from npm alone.
import { spawn } from 'node:child_process'
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'

export const root = path.resolve(import.meta.dirname, '../..')
export const work = path.join(root, '.sst')
export const platform = path.join(work, 'platform')

/** Written when all of it is there: an installation that was broken off is begun again. */
const mark = path.join(platform, 'whole')

/** Installs it unless the version that package.json names is there. Rejects with what npm and sst said. */
export async function installPlatform() {
  if (isInstalled()) return
  rmSync(platform, { recursive: true, force: true })
  await install()
  writeFileSync(mark, wantedVersion())
}

/**
 * 323 MB from npm, a minute or two.
 * @returns {Promise<void>}
 */
function install() {
  const sst = path.join(root, 'node_modules', '.bin', 'sst')
  const child = spawn(sst, ['install', '--stage', 'evaluated'], {
    cwd: root,
    stdio: ['ignore', 'pipe', 'pipe'],
    // Without these it fetches Pulumi and bun from GitHub, which evaluation does not need.
    env: {
      ...process.env,
      SST_SKIP_DEPENDENCY_CHECK: '1',
      SST_TELEMETRY_DISABLED: '1',
      NO_BUN: '1'
    }
  })
  let said = ''
  child.stdout.on('data', (data) => (said += data))
  child.stderr.on('data', (data) => (said += data))
  return new Promise((resolve, reject) => {
    child.on('error', reject)
    child.on('close', (status) => {
      if (status === 0) resolve()
      else reject(new Error(`sst install failed:\n${said}`))
    })
  })
}

function isInstalled() {
  return existsSync(mark) && readFileSync(mark, 'utf8') === wantedVersion()
}

function wantedVersion() {
  const file = path.join(root, 'package.json')
  /** @type {{ devDependencies: { sst: string } }} */
  const { devDependencies } = JSON.parse(readFileSync(file, 'utf8'))
  return devDependencies.sst
}

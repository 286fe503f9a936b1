// SST's platform (.sst/platform): the TypeScript of its components, laid down by `sst install` from npm alone.
import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync, rmSync } from 'node:fs'
import path from 'node:path'

export const root = path.resolve(import.meta.dirname, '../..')
export const work = path.join(root, '.sst')
export const platform = path.join(work, 'platform')

/** 323 MB from npm, two minutes when all goes well. */
const installMs = 10 * 60_000

/** Installs it unless the version that package.json names is there. Throws with what npm and sst said. */
export function installPlatform() {
  if (isInstalled()) return
  rmSync(platform, { recursive: true, force: true })
  const sst = path.join(root, 'node_modules', '.bin', 'sst')
  const { status, stdout, stderr } = spawnSync(sst, ['install', '--stage', 'evaluated'], {
    cwd: root,
    encoding: 'utf8',
    timeout: installMs,
    // Without these it fetches Pulumi and bun from GitHub, which evaluation does not need.
    env: {
      ...process.env,
      SST_SKIP_DEPENDENCY_CHECK: '1',
      SST_TELEMETRY_DISABLED: '1',
      NO_BUN: '1'
    }
  })
  if (status !== 0 || !isInstalled()) throw new Error(`sst install failed:\n${stdout}\n${stderr}`)
}

function isInstalled() {
  const version = path.join(platform, 'version')
  // The last thing that `sst install` lays down.
  const last = path.join(platform, 'node_modules', '@pulumi', 'aws', 'package.json')
  if (!existsSync(version) || !existsSync(last)) return false
  return readFileSync(version, 'utf8').trim() === wantedVersion()
}

function wantedVersion() {
  const file = path.join(root, 'package.json')
  /** @type {{ devDependencies: { sst: string } }} */
  const { devDependencies } = JSON.parse(readFileSync(file, 'utf8'))
  return devDependencies.sst
}

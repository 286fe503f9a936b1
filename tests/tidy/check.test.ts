// `npm run check` as a test: types, lint, format, imports, dead code and sizes of what was built.
import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'

const check = fileURLToPath(new URL('./check.mjs', import.meta.url))

test('npm run check finds nothing', { timeout: 600_000 }, () => {
  const { status, stdout } = spawnSync(process.execPath, [check, '--built'], { encoding: 'utf8' })
  expect(status, stdout).toBe(0)
})

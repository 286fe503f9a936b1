// Looking at a deployment from outside: the real host passes, and each planted fault is found by its line.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { runTool, startHost, type TestHost } from '../host'

let host: TestHost
beforeAll(async () => {
  host = await startHost()
})
afterAll(() => host.stop())

test('the real host passes every check, and the command ends with 0', async () => {
  const { code, output } = await runTool('verify', [host.url])
  expect(output).not.toContain('FAILED')
  expect(output).toMatch(/^All \d+ checks passed \(\d+ s\)\.$/m)
  expect(output).toContain('No link stands.')
  expect(code).toBe(0)
})

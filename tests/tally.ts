// The last line of a test run: `N passed, N failed` alone, for whoever reads only that.
import type { Reporter, TestModule } from 'vitest/node'

export default class Tally implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], errors: readonly unknown[]): void {
    let passed = 0
    let failed = errors.length
    let skipped = 0
    for (const module of modules) {
      const tests = [...module.children.allTests()]
      const results = tests.map((test) => test.result().state)
      // A file that could not be read, or whose set-up failed, has no failed test and has failed.
      if (module.state() === 'failed' && !results.includes('failed')) failed += 1
      for (const state of results) {
        if (state === 'passed') passed += 1
        else if (state === 'failed') failed += 1
        else skipped += 1
      }
    }
    // On a line of its own, so that the last line has one form only.
    const skips = skipped > 0 ? `${skipped} skipped\n` : ''
    process.stdout.write(`\n${skips}${passed} passed, ${failed} failed\n`)
  }
}

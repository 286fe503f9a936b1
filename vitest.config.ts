// Two projects: what needs only Node, and what needs real browsers (run one file at a time).
import { defineConfig } from 'vitest/config'

const kills = process.env['MERIDIAN_BROWSER_KILLS']

export default defineConfig({
  test: {
    reporters: ['default', './tests/tally.ts'],
    projects: [
      {
        test: {
          name: 'node',
          include: ['tests/**/*.test.ts'],
          exclude: ['tests/browser/**', 'tests/bench/**'],
          testTimeout: 120_000,
          hookTimeout: 120_000,
          sequence: { groupOrder: 0 }
        }
      },
      {
        test: {
          name: 'browser',
          include: ['tests/browser/**/*.test.ts'],
          // A run of its own, of minutes: `MERIDIAN_BROWSER_KILLS=30 npx vitest run --project browser`.
          exclude: kills === undefined ? ['tests/browser/killed-browser.test.ts'] : [],
          fileParallelism: false,
          testTimeout: 300_000,
          hookTimeout: 120_000,
          sequence: { groupOrder: 1 }
        }
      }
    ]
  }
})

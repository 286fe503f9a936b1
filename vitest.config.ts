// Three projects: what needs only Node, what needs real browsers, and what starts whole regions (both run one file at a time).
import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    reporters: ['default', './tests/tally.ts'],
    projects: [
      {
        test: {
          name: 'node',
          include: ['tests/**/*.test.ts'],
          exclude: ['tests/browser/**', 'tests/bench/**', 'tests/lambda/**'],
          testTimeout: 120_000,
          hookTimeout: 120_000,
          // Functions run on a newer Node than the oldest one the tests allow; the SDK need not say so.
          env: { AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true' },
          sequence: { groupOrder: 0 }
        }
      },
      {
        test: {
          name: 'browser',
          include: ['tests/browser/**/*.test.ts'],
          fileParallelism: false,
          testTimeout: 300_000,
          hookTimeout: 120_000,
          sequence: { groupOrder: 1 }
        }
      },
      {
        test: {
          name: 'regions',
          include: ['tests/lambda/**/*.test.ts'],
          fileParallelism: false,
          testTimeout: 300_000,
          hookTimeout: 120_000,
          env: { AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true' },
          sequence: { groupOrder: 2 }
        }
      }
    ]
  }
})

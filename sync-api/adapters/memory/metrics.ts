// Metrics in memory: sums and lists to look at.
import type { Metrics } from '../../core/ports'

export type MemoryMetrics = Metrics & {
  counted(name: string): number
  observed(name: string): readonly number[]
}

export function createMemoryMetrics(): MemoryMetrics {
  const counts = new Map<string, number>()
  const values = new Map<string, number[]>()
  return {
    count(name, by = 1) {
      counts.set(name, (counts.get(name) ?? 0) + by)
    },
    observe(name, value) {
      const list = values.get(name) ?? []
      list.push(value)
      values.set(name, list)
    },
    counted: (name) => counts.get(name) ?? 0,
    observed: (name) => values.get(name) ?? []
  }
}

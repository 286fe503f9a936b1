// The relay's counters and histograms for Prometheus.
import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client'
import { counterNames, histograms } from '../../core/metrics'
import type { Metrics } from '../../core/ports'

/** Between two looks at the event loop's delay, ms: a hundred a second cost an idle host 1 % of a core. */
const loopLookMs = 100

/** Upper bounds of histograms by the unit their names end in. */
const buckets: readonly (readonly [unit: string, bounds: readonly number[]])[] = [
  // From a fast disk's flush to what a person notices.
  ['_ms', [0.5, 1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000, 5_000]],
  ['_bytes', [1_000, 10_000, 100_000, 1_000_000, 10_000_000, 100_000_000]],
  ['', [1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000, 10_000]]
]

export type NodeMetrics = {
  readonly metrics: Metrics
  /** A value that is read when it is asked for. */
  gauge(name: string, explanation: string, read: () => number): void
  /** Everything in Prometheus' text form, and the type of that form. */
  text(): Promise<{ readonly type: string; readonly body: string }>
}

/** Names come out as `meridian_<name>`; no metric has labels, so their number is bounded. */
export function createNodeMetrics(): NodeMetrics {
  const registry = new Registry()
  collectDefaultMetrics({ register: registry, eventLoopMonitoringPrecision: loopLookMs })
  const options = (name: string) => ({
    name: `meridian_${name}`,
    help: name.replaceAll('_', ' '),
    registers: [registry]
  })
  // All from the start: a counter that appears with its first event has no rate before it.
  const counting = new Map(counterNames.map((name) => [name, new Counter(options(name))]))
  const observing = new Map(
    Object.values(histograms).map((name) => [
      name as string,
      new Histogram({ ...options(name), buckets: [...bucketsOf(name)] })
    ])
  )
  const readings: (() => void)[] = []
  return {
    metrics: {
      count: (name, by = 1) => known(counting, name).inc(by),
      observe: (name, value) => known(observing, name).observe(value)
    },
    gauge(name, explanation, read) {
      const gauge = new Gauge({ ...options(name), help: explanation })
      readings.push(() => gauge.set(read()))
    },
    async text() {
      for (const take of readings) take()
      return { type: registry.contentType, body: await registry.metrics() }
    }
  }
}

function bucketsOf(name: string): readonly number[] {
  return buckets.find(([unit]) => name.endsWith(unit))?.[1] ?? []
}

function known<T>(all: ReadonlyMap<string, T>, name: string): T {
  const found = all.get(name)
  if (found === undefined) throw new Error(`core/metrics.ts names no ${name}`)
  return found
}

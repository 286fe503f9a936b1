// The relay's counters and histograms for Prometheus.
import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client'
import type { Metrics } from '../../core/ports'

/** Upper bounds of histograms of ms, from a fast disk's flush to what a person notices. */
const msBuckets = [0.5, 1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000, 5_000]

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
  collectDefaultMetrics({ register: registry })
  const counters = new Map<string, Counter>()
  const readings: (() => void)[] = []
  const histograms = new Map<string, Histogram>()
  const options = (name: string) => ({
    name: `meridian_${name}`,
    help: name.replaceAll('_', ' '),
    registers: [registry]
  })
  return {
    metrics: {
      count(name, by = 1) {
        let counter = counters.get(name)
        if (counter === undefined) counters.set(name, (counter = new Counter(options(name))))
        counter.inc(by)
      },
      observe(name, value) {
        let histogram = histograms.get(name)
        if (histogram === undefined) {
          histogram = new Histogram({ ...options(name), buckets: msBuckets })
          histograms.set(name, histogram)
        }
        histogram.observe(value)
      }
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

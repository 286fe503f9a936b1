// What a function counts, as lines that CloudWatch makes metrics of (EMF). No dimension but the region: one for a document or a
// person would cost by the thousand, and say who they are.
import { Metrics as Powertools, MetricUnit } from '@aws-lambda-powertools/metrics'
import { counters, histograms } from '../../core/metrics'
import type { Metrics } from '../../core/ports'
import { metricNames, metricNamespace, type MetricName } from './metric-names'

export type EmfMetrics = Metrics & {
  /** What stands at this moment. */
  gauge(name: MetricName, value: number): void
  /** Writes what has come since; before a function returns. */
  flush(): void
}

/** What of the core's own counting is shown. */
const shown: Readonly<Record<string, MetricName>> = {
  [counters.pushes]: metricNames.updates,
  [counters.refusals]: metricNames.refusals,
  [histograms.appendMs]: metricNames.appendMs
}

/** `print` takes a line of the function's log. */
export function createEmfMetrics(region: string, print: (line: string) => void): EmfMetrics {
  const metrics = new Powertools({ namespace: metricNamespace })
  // It adds the name of a service, which every alarm would have to name too.
  metrics.clearDefaultDimensions()
  metrics.setDefaultDimensions({ region })
  const sums = new Map<MetricName, number>()
  const values = new Map<MetricName, number[]>()
  const keep = (name: MetricName, value: number): void => {
    const kept = values.get(name) ?? []
    if (kept.length < valuesMax) kept.push(value)
    values.set(name, kept)
  }
  sums.set(metricNames.coldStarts, 1)
  return {
    count(name, by = 1) {
      const known = shown[name]
      if (known !== undefined) sums.set(known, (sums.get(known) ?? 0) + by)
    },
    observe(name, value) {
      const known = shown[name]
      if (known !== undefined) keep(known, value)
    },
    gauge: keep,
    flush() {
      for (const [name, sum] of sums) metrics.addMetric(name, MetricUnit.Count, sum)
      for (const [name, kept] of values) {
        const unit = name.endsWith('_ms') ? MetricUnit.Milliseconds : MetricUnit.Count
        for (const value of kept) metrics.addMetric(name, unit, value)
      }
      sums.clear()
      values.clear()
      if (!metrics.hasStoredMetrics()) return
      print(JSON.stringify(metrics.serializeMetrics()))
      metrics.clearMetrics()
    }
  }
}

/** Values of one metric in one line: with a hundred the library writes one by itself. */
const valuesMax = 99

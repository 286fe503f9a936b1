// What functions count, as CloudWatch reads it: the embedded metric format says what a line has to hold.
import { describe, expect, it } from 'vitest'
import { createEmfMetrics } from '../../../sync-api/adapters/aws/emf-metrics'
import { metricNames } from '../../../sync-api/adapters/aws/metric-names'
import { counters, histograms } from '../../../sync-api/core/metrics'

type Line = Readonly<Record<string, unknown>> & {
  readonly _aws: { readonly Timestamp: number; readonly CloudWatchMetrics: readonly Directive[] }
}
type Directive = {
  readonly Namespace: string
  readonly Dimensions: readonly (readonly string[])[]
  readonly Metrics: readonly { readonly Name: string; readonly Unit: string }[]
}

/** Values of one metric in a line, and names of all that a line may have (EMF specification). */
const valuesMax = 100

function open(region = 'eu-west-1') {
  const lines: string[] = []
  const metrics = createEmfMetrics(region, (line) => lines.push(line))
  /** What was printed since, read as CloudWatch reads it. */
  const flushed = (): Line[] => {
    metrics.flush()
    return lines.splice(0).map((line) => JSON.parse(line) as Line)
  }
  return { metrics, flushed }
}

/** One that has told of its start already. */
function openWarm() {
  const opened = open()
  opened.flushed()
  return opened
}

const unitsOf = ({ _aws }: Line): Record<string, string> =>
  Object.fromEntries(
    _aws.CloudWatchMetrics.flatMap(({ Metrics }) => Metrics.map((one) => [one.Name, one.Unit]))
  )

describe('a line of metrics', () => {
  it('has valid metadata: a time, one namespace, and what each metric is measured in', () => {
    const { metrics, flushed } = open()
    metrics.count(counters.pushes, 3)
    metrics.observe(histograms.appendMs, 12.5)
    metrics.gauge(metricNames.people, 7)
    const [line, ...more] = flushed()
    expect(more).toEqual([])
    const { Timestamp, CloudWatchMetrics } = line!._aws
    expect(Number.isSafeInteger(Timestamp)).toBe(true)
    expect(CloudWatchMetrics).toHaveLength(1)
    expect(CloudWatchMetrics[0]!.Namespace).toBe('Meridian')
    expect(unitsOf(line!)).toEqual({
      ...{ cold_starts: 'Count', updates: 'Count', append_ms: 'Milliseconds', people: 'Count' }
    })
  })

  it('has no dimension but the region, and nothing besides what the metadata names', () => {
    const { metrics, flushed } = open('us-east-1')
    metrics.count(counters.pushes)
    metrics.gauge(metricNames.people, 7)
    for (const line of [...flushed(), ...flushed()]) {
      const [{ Dimensions }] = line._aws.CloudWatchMetrics as [Directive]
      expect(Dimensions).toEqual([['region']])
      expect(line['region']).toBe('us-east-1')
      expect(Object.keys(line).toSorted()).toEqual(
        ['_aws', 'region', ...Object.keys(unitsOf(line))].toSorted()
      )
    }
  })

  it('keeps its region after the first, also beside another one', () => {
    const [one, other] = [open('us-east-1'), open('eu-west-1')]
    for (let lines = 0; lines < 2; lines++) {
      one.metrics.gauge(metricNames.people, 1)
      other.metrics.gauge(metricNames.people, 2)
      const told = [...other.flushed(), ...one.flushed()].map((line) => [
        line['region'],
        [line['people']].flat(),
        line._aws.CloudWatchMetrics[0]!.Dimensions
      ])
      expect(told).toEqual([
        ['eu-west-1', [2], [['region']]],
        ['us-east-1', [1], [['region']]]
      ])
    }
  })

  it('tells a cold start once', () => {
    const { metrics, flushed } = open()
    expect(flushed()[0]!['cold_starts']).toBe(1)
    metrics.count(counters.pushes)
    expect(flushed()[0]).not.toHaveProperty('cold_starts')
  })
})

describe('what is counted', () => {
  it('is a sum of each counter that is shown', () => {
    const { metrics, flushed } = openWarm()
    metrics.count(counters.pushes)
    metrics.count(counters.pushes, 4)
    metrics.count(counters.refusals)
    expect(flushed()).toMatchObject([{ updates: 5, refusals: 1 }])
  })

  it('is every value of what is measured, as a list', () => {
    const { metrics, flushed } = openWarm()
    for (const value of [3, 0.5, 3]) metrics.observe(histograms.appendMs, value)
    for (const value of [1, 0]) metrics.gauge(metricNames.breakersOpen, value)
    expect(flushed()).toMatchObject([{ append_ms: [3, 0.5, 3], breakers_open: [1, 0] }])
  })

  it('is nothing of what nobody looks at', () => {
    const { metrics, flushed } = openWarm()
    metrics.count(counters.deliveries)
    metrics.observe(histograms.foldMs, 7)
    expect(flushed()).toEqual([])
  })

  it('is one line that CloudWatch takes, however much there was', () => {
    const { metrics, flushed } = openWarm()
    for (let value = 0; value < 5 * valuesMax; value++) metrics.observe(histograms.appendMs, value)
    const lines = flushed()
    expect(lines).toHaveLength(1)
    const values = lines[0]!['append_ms'] as number[]
    expect(values.length).toBeGreaterThan(valuesMax / 2)
    expect(values.length).toBeLessThanOrEqual(valuesMax)
    expect(values.slice(0, 3)).toEqual([0, 1, 2])
  })

  it('is told once: what comes after it is told by itself, and nothing is no line', () => {
    const { metrics, flushed } = openWarm()
    metrics.count(counters.pushes, 2)
    metrics.observe(histograms.appendMs, 5)
    expect(flushed()).toHaveLength(1)
    expect(flushed()).toEqual([])
    metrics.count(counters.pushes)
    const [line, ...more] = flushed()
    expect(more).toEqual([])
    expect(line).toMatchObject({ updates: 1 })
    expect(line).not.toHaveProperty('append_ms')
  })
})

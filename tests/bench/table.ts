// Figures of a row, one column a server, and the ratios they are read by.
import type { DialectName } from './load/dialect'
import { contestants } from './settings'

export type Figure = {
  readonly measure: string
  readonly values: Readonly<Partial<Record<DialectName, number>>>
  /** Digits after the point. */
  readonly digits: number
}

/** A row as a Markdown table: every figure, then Meridian against the floor and against Hocuspocus. */
export function tableOf(title: string, figures: readonly Figure[]): string {
  const head = ['measure', ...contestants, 'meridian / floor', 'meridian / hocuspocus']
  const lines = figures.map(({ measure, values, digits }) => [
    measure,
    ...contestants.map((name) => said(values[name], digits)),
    ratio(values.meridian, values.floor),
    ratio(values.meridian, values.hocuspocus)
  ])
  const rows = [head, head.map(() => '---'), ...lines]
  return [`\n### ${title}\n`, ...rows.map((row) => `| ${row.join(' | ')} |`), ''].join('\n')
}

function said(value: number | undefined, digits: number): string {
  if (value === undefined || Number.isNaN(value)) return '-'
  return value.toLocaleString('en', {
    minimumFractionDigits: digits,
    maximumFractionDigits: digits
  })
}

function ratio(one: number | undefined, other: number | undefined): string {
  if (one === undefined || !other || Number.isNaN(one)) return '-'
  return (one / other).toPrecision(2)
}

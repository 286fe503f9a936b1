// What many worlds did together: a run in which nothing happened would prove nothing.
import type { Counts } from './oracle'

export function zero(): Counts {
  return { acks: 0, appends: 0, saved: 0, deaths: 0, shown: 0, restores: 0, digests: 0 }
}

export function addTo(totals: Counts, counts: Counts): void {
  for (const name of Object.keys(totals) as (keyof Counts)[]) totals[name] += counts[name]
}

export function sumOf(totals: Counts): string {
  return Object.entries(totals)
    .map(([name, sum]) => `${sum} ${name}`)
    .join(', ')
}

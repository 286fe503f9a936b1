// What many worlds did together: a run in which nothing happened would prove nothing.

export type Totals<Counts> = { -readonly [Name in keyof Counts]: number }

/** Adds one world's counts to those of the worlds before it. */
export function addTo<Counts extends object>(
  totals: Partial<Totals<Counts>>,
  counts: Counts
): void {
  for (const name of Object.keys(counts) as (keyof Counts)[]) {
    totals[name] = (totals[name] ?? 0) + Number(counts[name])
  }
}

export function sumOf(totals: object): string {
  return Object.entries(totals)
    .map(([name, sum]) => `${sum} ${name}`)
    .join(', ')
}

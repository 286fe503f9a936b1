// What a row of the benchmark is.
import type { DialectName } from '../load/dialect'
import type { Stage } from '../stage'
import type { Figure } from '../table'

export type Row = {
  readonly name: string
  readonly title: string
  play(stage: Stage): Promise<readonly Figure[]>
}

/** Gathers one figure for each server. */
export async function figureOf<T extends { readonly name: DialectName }>(
  measure: string,
  digits: number,
  all: readonly T[],
  value: (one: T) => number | Promise<number>
): Promise<Figure> {
  const values: Partial<Record<DialectName, number>> = {}
  for (const one of all) values[one.name] = await value(one)
  return { measure, digits, values }
}

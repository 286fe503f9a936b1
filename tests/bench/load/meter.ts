// Samples of a pass and what is said of them.

export type Spread = { readonly count: number; readonly p50: number; readonly p99: number }

/** Milliseconds, gathered without allocating per sample. */
export class Samples {
  private values = new Float64Array(4_096)
  private length = 0

  add(value: number): void {
    if (this.length === this.values.length) {
      const larger = new Float64Array(this.length * 2)
      larger.set(this.values)
      this.values = larger
    }
    this.values[this.length++] = value
  }

  get size(): number {
    return this.length
  }

  spread(): Spread {
    const sorted = this.values.slice(0, this.length).sort()
    return { count: this.length, p50: at(sorted, 0.5), p99: at(sorted, 0.99) }
  }
}

function at(sorted: ArrayLike<number>, share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? NaN
}

export function median(values: readonly number[]): number {
  return at(
    [...values].sort((one, other) => one - other),
    0.5
  )
}

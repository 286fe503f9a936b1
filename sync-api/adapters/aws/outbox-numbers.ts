// How far each outbox is known without a gap: entries come in any order, and only those that all before them precede count.
import type { OutboxId } from '../../protocol/ids'

export type OutboxNumbers = {
  learn(outbox: OutboxId, n: number): void
  /** All up to `n` are there: a checkpoint says so. */
  learnAll(outbox: OutboxId, n: number): void
  /** The last number of each outbox before the first that is missing. */
  known(): ReadonlyMap<OutboxId, number>
  /** Those beyond the first that is missing. */
  ahead(): readonly Numbered[]
}

export type Numbered = { readonly outbox: OutboxId; readonly n: number }

/** How far checkpoints go together. */
export function numbersIn(checkpoints: readonly Counted[]): OutboxNumbers {
  const numbers = createOutboxNumbers()
  for (const { outboxes, ahead } of checkpoints) {
    for (const [outbox, n] of outboxes) numbers.learnAll(outbox, n)
    for (const { outbox, n } of ahead) numbers.learn(outbox, n)
  }
  return numbers
}

type Counted = {
  readonly outboxes: ReadonlyMap<OutboxId, number>
  readonly ahead: readonly Numbered[]
}

function createOutboxNumbers(): OutboxNumbers {
  const known = new Map<OutboxId, number>()
  /** Beyond a gap. */
  const ahead = new Map<OutboxId, Set<number>>()

  function close(outbox: OutboxId, start: number): void {
    const waiting = ahead.get(outbox)
    let n = start
    while (waiting?.delete(n + 1) === true) n += 1
    if (waiting?.size === 0) ahead.delete(outbox)
    known.set(outbox, n)
  }

  return {
    learn(outbox, n) {
      const have = known.get(outbox) ?? 0
      if (n <= have) return
      if (n === have + 1) return close(outbox, n)
      ahead.set(outbox, (ahead.get(outbox) ?? new Set()).add(n))
    },
    learnAll(outbox, n) {
      if (n <= (known.get(outbox) ?? 0)) return
      const waiting = ahead.get(outbox)
      for (const one of waiting ?? []) if (one <= n) waiting?.delete(one)
      close(outbox, n)
    },
    known: () => known,
    ahead: () => [...ahead].flatMap(([outbox, numbers]) => [...numbers].map((n) => ({ outbox, n })))
  }
}

// What chaos says while it runs, in plain sentences, and what it reports in the end.

export type Counts = {
  readonly keys: number
  readonly words: number
  /** Words seen while the screen called them saved by the relay. */
  readonly acknowledged: number
}

export type Journal = {
  say(sentence: string): void
  fault(kind: string): void
  recovered(kind: string, ms: number): void
  /** A loss or a lie: chaos ends after the first. */
  wrong(sentence: string): void
  isWrong(): boolean
  report(counts: Counts): string
}

export function createJournal(): Journal {
  const began = performance.now()
  const kinds = new Map<string, number>()
  const wrongs: string[] = []
  let slowest = { kind: 'none', ms: 0 }
  const say = (sentence: string): void => {
    const seconds = ((performance.now() - began) / 1000).toFixed(1)
    process.stdout.write(`${seconds.padStart(7)} s  ${sentence}\n`)
  }
  return {
    say,
    fault(kind) {
      kinds.set(kind, (kinds.get(kind) ?? 0) + 1)
    },
    recovered(kind, ms) {
      if (ms > slowest.ms) slowest = { kind, ms }
    },
    wrong(sentence) {
      wrongs.push(sentence)
      say(`WRONG: ${sentence}`)
    },
    isWrong: () => wrongs.length > 0,
    report({ keys, words, acknowledged }) {
      return [
        `Keys typed: ${keys}, in ${words} words`,
        `Words seen as saved by the relay: ${acknowledged}`,
        `Losses and lies: ${wrongs.length}`,
        ...wrongs.map((sentence) => `  ${sentence}`),
        'Faults:',
        ...[...kinds].map(([kind, count]) => `  ${String(count).padStart(4)}  ${kind}`),
        `Slowest recovery: ${(slowest.ms / 1000).toFixed(1)} s, after: ${slowest.kind}`
      ].join('\n')
    }
  }
}

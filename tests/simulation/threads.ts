// Many seeds on all processors: a world uses one, so as many run at once as there are.
import { availableParallelism } from 'node:os'
import { Worker } from 'node:worker_threads'
import type { PlantName } from './plant-names'
import { simulate, type Outcome } from './simulation'

export type Run = {
  readonly first: number
  readonly count: number
  readonly plant: PlantName | null
  /** Called for every seed as it ends, in no order. */
  readonly onOutcome: (outcome: Outcome) => void
}

/** Seeds that are worth a thread: below it, loading the code takes longer than running them. */
const seedsPerThreadMin = 40

/** Resolves when every seed has run. */
export async function simulateAll({ first, count, plant, onOutcome }: Run): Promise<void> {
  const threads = Math.min(availableParallelism(), Math.floor(count / seedsPerThreadMin))
  if (threads < 2) {
    for (let seed = first; seed < first + count; seed++) onOutcome(await simulate(seed, plant))
    return
  }
  const shares = Array.from({ length: threads }, (_, at) =>
    Array.from({ length: Math.ceil((count - at) / threads) }, (__, n) => first + at + n * threads)
  )
  await Promise.all(shares.map((seeds) => runThread(seeds, plant, onOutcome)))
}

function runThread(
  seeds: readonly number[],
  plant: PlantName | null,
  onOutcome: (outcome: Outcome) => void
): Promise<void> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(new URL('worker.mjs', import.meta.url), {
      workerData: { seeds, plant }
    })
    worker.on('message', onOutcome)
    worker.on('error', reject)
    worker.on('exit', (code) => {
      if (code === 0) resolve()
      else reject(new Error(`A simulation thread ended with ${code}`))
    })
  })
}

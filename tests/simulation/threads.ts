// Many seeds on all processors: a world uses one, so as many run at once as there are.
import { availableParallelism } from 'node:os'
import { Worker } from 'node:worker_threads'

/** One world: the same seed, with the same bug planted or none, gives the same outcome. */
export type Simulate<Plant, Outcome> = (seed: number, plant: Plant | null) => Promise<Outcome>

export type Run<Plant, Outcome> = {
  /** The file that exports `simulate`, for threads to load, beside this one. */
  readonly file: string
  readonly simulate: Simulate<Plant, Outcome>
  readonly first: number
  readonly count: number
  readonly plant: Plant | null
  /** Called for every seed as it ends, in no order. */
  readonly onOutcome: (outcome: Outcome) => void
}

/** Seeds that are worth a thread: below it, loading the code takes longer than running them. */
const seedsPerThreadMin = 40

/** Resolves when every seed has run. */
export async function simulateAll<Plant, Outcome>(run: Run<Plant, Outcome>): Promise<void> {
  const { simulate, first, count, plant, onOutcome } = run
  const threads = Math.min(availableParallelism(), Math.floor(count / seedsPerThreadMin))
  if (threads < 2) {
    for (let seed = first; seed < first + count; seed++) onOutcome(await simulate(seed, plant))
    return
  }
  const shares = Array.from({ length: threads }, (_, at) =>
    Array.from({ length: Math.ceil((count - at) / threads) }, (__, n) => first + at + n * threads)
  )
  await Promise.all(shares.map((seeds) => runThread(run, seeds)))
}

function runThread<Plant, Outcome>(
  { file, plant, onOutcome }: Run<Plant, Outcome>,
  seeds: readonly number[]
): Promise<void> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(new URL('worker.mjs', import.meta.url), {
      workerData: { file, seeds, plant }
    })
    worker.on('message', onOutcome)
    worker.on('error', reject)
    worker.on('exit', (code) => {
      if (code === 0) resolve()
      else reject(new Error(`A simulation thread ended with ${code}`))
    })
  })
}

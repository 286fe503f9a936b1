// One thread of many: runs the seeds it is given, one after the other, and tells how each went.
import { parentPort, workerData } from 'node:worker_threads'
import { runnerImport } from 'vite'

const { module } = await runnerImport(new URL('simulation.ts', import.meta.url).pathname)
/** @type {{ simulate(seed: number, plant: string | null, closely: boolean): Promise<unknown> }} */
const { simulate } = module

/** @type {{ seeds: readonly number[], plant: string | null }} */
const { seeds, plant } = workerData
for (const seed of seeds) parentPort?.postMessage(await simulate(seed, plant, false))

// One thread of many: runs the seeds it is given, one after the other, and tells how each went.
import { parentPort, workerData } from 'node:worker_threads'
import { runnerImport } from 'vite'

/** @type {{ file: string, seeds: readonly number[], plant: string | null }} */
const { file, seeds, plant } = workerData
const { module } = await runnerImport(new URL(file, import.meta.url).pathname)
/** @type {{ simulate(seed: number, plant: string | null): Promise<unknown> }} */
const { simulate } = module

for (const seed of seeds) parentPort?.postMessage(await simulate(seed, plant))

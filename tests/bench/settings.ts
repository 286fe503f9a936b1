// How long and how much: every figure of the benchmark that may be changed, from the environment.
import type { DialectName } from './load/dialect'

/** All that are compared, the floor first. */
export const contestants: readonly DialectName[] = ['floor', 'meridian', 'hocuspocus']

export type Settings = {
  readonly servers: readonly DialectName[]
  /** Interleaved passes of each typing row; the table shows their median. */
  readonly passes: number
  /** Length of one pass, seconds. */
  readonly seconds: number
  readonly idleConnections: number
  readonly idleDocumentBytes: number
  readonly manyDocuments: number
  readonly manyKeysPerSecond: number
  /** Rounds of kill -9, and keys typed before each. */
  readonly kills: number
  readonly killKeys: number
  /** Times a cold document is opened. */
  readonly opens: number
  /** Folder of editing traces; null takes the largest one that comes with the project. */
  readonly traces: string | null
}

export function readSettings(environment: NodeJS.ProcessEnv): Settings {
  const number = (name: string, otherwise: number): number => {
    const text = environment[`BENCH_${name}`]
    if (text === undefined) return otherwise
    const value = Number(text)
    if (!(value > 0)) throw new Error(`BENCH_${name} must be a number above 0, not ${text}`)
    return value
  }
  const servers = environment.BENCH_SERVERS?.split(',') ?? contestants
  return {
    servers: contestants.filter((name) => servers.includes(name)),
    passes: number('PASSES', 3),
    seconds: number('SECONDS', 5),
    idleConnections: number('IDLE', 2_000),
    idleDocumentBytes: number('IDLE_BYTES', 20_000),
    manyDocuments: number('DOCUMENTS', 500),
    manyKeysPerSecond: number('KEYS', 2_000),
    kills: number('KILLS', 5),
    killKeys: number('KILL_KEYS', 40),
    opens: number('OPENS', 5),
    traces: environment.MERIDIAN_TRACES ?? null
  }
}

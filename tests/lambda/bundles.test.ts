// What a cold start loads: the functions, bundled as they are deployed, are small and hold nothing that they seldom need.
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it, onTestFinished } from 'vitest'
import { functionNames, type FunctionName } from '../../sync-api/infra/names'
import { fromBundle } from '../../sync-api/local-cloud/lambda/thread-code'
import { openBed, verify } from './bed'
import { bundleFunctions, type FunctionBundle } from './function-bundles'

type ColdStart = {
  /** At most, of what is loaded before the first event: a few hundredths above what it was in November 2026. */
  readonly bytes: number
  readonly gzipBytes: number
  readonly why: string
  /** Packages that it has, but loads when they are first needed. */
  readonly later: readonly string[]
}

const region: ColdStart = {
  ...{ bytes: 665_000, gzipBytes: 215_000 },
  why: "the clients of DynamoDB and Redis, and the relay's core: nearly all events need them",
  later: ['yjs', '@aws-sdk/client-lambda']
}

const coldStarts: Readonly<Record<FunctionName, ColdStart>> = {
  authorizer: {
    ...{ bytes: 26_000, gzipBytes: 10_000, later: [] },
    why: 'jose: who connects waits for it first'
  },
  socket: {
    ...{ bytes: 765_000, gzipBytes: 240_000, later: ['yjs'] },
    why: "a region, and Lambda's client: who opens a document waits for a call"
  },
  http: { ...region, bytes: 702_000, gzipBytes: 227_000, why: 'a region, and Hono' },
  sync: region,
  relay: region,
  stream: region,
  tick: region
}

let folder: string
let bundles: Readonly<Record<FunctionName, FunctionBundle>>

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'meridian-bundles-'))
  bundles = await bundleFunctions(folder)
})
afterAll(() => rm(folder, { recursive: true }))

it.each(functionNames)('A cold start of the function %s loads no more than its budget', (name) => {
  const { bytes, gzipBytes } = bundles[name].initial
  const { why, ...most } = coldStarts[name]
  const stated = `${name}: ${bytes} bytes, ${gzipBytes} compressed (${why})`
  process.stdout.write(`${stated}\n`)
  expect(bytes, stated).toBeLessThanOrEqual(most.bytes)
  expect(gzipBytes, stated).toBeLessThanOrEqual(most.gzipBytes)
})

it.each(functionNames)('A cold start of the function %s loads nothing that can wait', (name) => {
  const { initial, later } = bundles[name]
  for (const one of coldStarts[name].later) {
    expect(initial.packages).not.toContain(one)
    expect(later.packages).toContain(one)
  }
})

it('The authorizer has no package but what reads tickets', () => {
  const { initial, later } = bundles.authorizer
  expect([...initial.packages, ...later.packages]).toEqual(['jose'])
})

it('A region whose functions run from their bundles lets people in, and takes and gives what they write', async () => {
  const bed = await openBed({ code: (name) => fromBundle(bundles[name].file) })
  onTestFinished(() => bed.stop())
  const { passed, failed } = await verify(bed.url, '--only', 'reach,tickets,wire,rights')
  expect(failed).toEqual([])
  expect(passed.length).toBeGreaterThan(30)
  bed.expectWell()
})

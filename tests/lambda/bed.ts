// A deployment on this machine, with the app as it was built, and everything that its functions must never do.
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { expect } from 'vitest'
import type { ItemsParts } from '../../sync-api/adapters/aws/items'
import { verifyDeployment } from '../../sync-api/hosts/verify/deployment'
import { readDeploymentOptions } from '../../sync-api/hosts/verify/options'
import { loadStaticFiles } from '../../sync-api/adapters/node/static-files'
import { securityHeaders } from '../../sync-api/adapters/node/security-headers'
import {
  startDeployment,
  type Deployment,
  type DeploymentOptions
} from '../../sync-api/local-cloud/deployment'
import type { LateCall } from '../../sync-api/local-cloud/lambda/calls'
import { cacheTimeoutMs } from '../../sync-api/adapters/aws/limits'
import { connectionsTable } from '../../sync-api/local-cloud/deployed'
import { createSeeded } from '../protocol/seeded'

export const east = 'us-east-1'
export const west = 'eu-west-1'
export const south = 'ap-southeast-1'
export const regions = [east, west, south]

export type Bed = Deployment & {
  /** Failures that functions wrote down, in order. */
  readonly failures: readonly string[]
  /** What CloudWatch makes of the lines that functions print: sums by region and name. */
  metric(region: string, name: string): number
  /** No function did anything after it had returned, and no event was given up. */
  expectWell(): void
}

export async function openBed(options: Partial<DeploymentOptions> = {}): Promise<Bed> {
  const { below } = createSeeded(1)
  const files = await loadStaticFiles(join(import.meta.dirname, '../../dist/app'))
  const failures: string[] = []
  const sums = new Map<string, number>()
  const deployment = await startDeployment({
    ...{ regions: [west], chance: () => below(2 ** 30) / 2 ** 30 },
    app(request) {
      const answer = files.answer(request)
      for (const [name, value] of Object.entries(securityHeaders)) answer?.headers.set(name, value)
      return answer
    },
    print(line) {
      const told = JSON.parse(line) as Record<string, unknown>
      if (told['_aws'] === undefined) failures.push(line)
      else collect(told, sums)
    },
    ...options
  })
  return {
    ...deployment,
    failures,
    metric: (region, name) => sums.get(`${region} ${name}`) ?? 0,
    expectWell() {
      for (const { functions } of deployment.regions) {
        for (const made of Object.values(functions)) {
          expect(made.lateCalls().filter(isForgotten)).toEqual([])
          expect(made.givenUp()).toEqual([])
        }
      }
    }
  }
}

/** A command to a cache that did not answer in time is given up. It was under way before it came to the way out, which is busy then. */
function isForgotten({ call, kind, ms }: LateCall): boolean {
  return !call.startsWith('EVAL') || kind === 'after-return' || ms < cacheTimeoutMs / 2
}

/** A region's table of connections, as its functions have it. */
export function connectionItems(bed: Bed, region: string): ItemsParts {
  const client = new DynamoDBClient({
    ...{ region, endpoint: bed.tables.region(region).endpoint },
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' }
  })
  return { client, name: connectionsTable, pause }
}

/** What anybody can see from outside, in the words of the command. */
export async function verify(
  url: string,
  ...more: string[]
): Promise<{ readonly passed: readonly string[]; readonly failed: readonly string[] }> {
  const options = readDeploymentOptions([url, '--updates', '60', '--edits', '20', ...more])
  if (options === null) throw new Error('There is nothing to verify')
  const lines: string[] = []
  const code = await verifyDeployment(options, (line) => lines.push(line))
  const failed = lines.filter((line) => line.startsWith('FAILED'))
  expect(code === 0).toBe(failed.length === 0)
  return { passed: lines.filter((line) => line.startsWith('ok')), failed }
}

/** Reads a line as CloudWatch does: what its metadata names, and nothing else. */
function collect(line: Record<string, unknown>, sums: Map<string, number>): void {
  const { CloudWatchMetrics: directives } = line['_aws'] as {
    CloudWatchMetrics: { Namespace: string; Dimensions: string[][]; Metrics: { Name: string }[] }[]
  }
  for (const { Namespace, Dimensions, Metrics } of directives) {
    expect(Namespace).toBe('Meridian')
    expect(Dimensions).toEqual([['region']])
    for (const { Name } of Metrics) {
      const values = [line[Name]].flat().map(Number)
      const key = `${String(line['region'])} ${Name}`
      sums.set(key, (sums.get(key) ?? 0) + values.reduce((sum, one) => sum + one, 0))
    }
  }
}

// The real sst.config.ts, evaluated for the stages people deploy, has what it must have. No account is needed.
import { spawnSync } from 'node:child_process'
import path from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import { allRegions } from '../../sync-api/infra/regions'
import { evaluate, every, type Evaluated } from './evaluated'
import { installPlatform, root } from './platform.mjs'
import { everyRegionHasItsNetwork, everyRegionHasItsParts, regionsOf } from './region-checks'

let production: Evaluated
let personal: Evaluated

beforeAll(async () => {
  installPlatform()
  production = await evaluate('production', 'deploy')
  personal = await evaluate('anna', 'dev')
}, 15 * 60_000)

test('sst.config.ts and what it composes have no type errors', () => {
  const tsc = path.join(root, 'node_modules', '.bin', 'tsc')
  const args = ['--noEmit', '-p', 'tsconfig.infra.json']
  const { status, stdout } = spawnSync(tsc, args, { cwd: root, encoding: 'utf8' })
  expect(status, stdout).toBe(0)
})

describe('production', () => {
  test('is in all regions, each with all it needs', () => {
    expect(regionsOf(production)).toEqual([...allRegions])
    expect(everyRegionHasItsParts(production)).toEqual([])
    expect(everyRegionHasItsNetwork(production)).toEqual([])
  })
})

describe('a personal stage', () => {
  test('is in one region, with live functions and nothing that costs money while it rests', () => {
    expect(regionsOf(personal)).toHaveLength(1)
    expect(everyRegionHasItsParts(personal)).toEqual([])
    expect(personal.builds).toHaveLength(7)
    for (const type of [
      'ec2/instance:Instance',
      'elasticache/serverlessCache:ServerlessCache',
      'lambda/provisionedConcurrencyConfig:ProvisionedConcurrencyConfig',
      'wafv2/webAcl:WebAcl',
      'route53/healthCheck:HealthCheck',
      'cloudfront/distribution:Distribution'
    ]) {
      expect(every(personal, type)).toEqual([])
    }
  })
})

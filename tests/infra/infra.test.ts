// The real sst.config.ts, evaluated for the stages people deploy, has what it must have. No account is needed.
import { readFileSync } from 'node:fs'
import path from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import { allRegions } from '../../sync-api/infra/regions'
import { boxes, boxesOfAPersonalStage } from './boxes'
import { evaluate, every, jsonAt, listAt, typeErrors, type Evaluated } from './evaluated'
import { authorizerIsWarmAndWorkdaysAreReady } from './function-checks'
import { idleBill, total, unpriced } from './idle-bill'
import { faults } from './planted-faults'
import { withFault } from './planting'
import { installPlatform, root } from './platform.mjs'
import { regionsOf } from './region-checks'

/** Scaling on people brought it 46 cents above 60: AWS bills six alarms for an expression of three metrics. */
const usdMax = 61
const usdOfTheFirewall = 6
/** Of a dashboard that costs nothing. */
const dashboardMetricsMax = 50
/** A fresh machine downloads 323 MB first. */
const installMs = 15 * 60_000

const largeSize = { MERIDIAN_SIZE: 'large', MERIDIAN_ALARM_EMAIL: 'a@b.example' }

let production: Evaluated
let large: Evaluated
let staging: Evaluated
let personal: Evaluated

beforeAll(async () => {
  await installPlatform()
  ;[production, large, staging, personal] = await Promise.all([
    evaluate('production', 'deploy'),
    evaluate('production', 'deploy', largeSize),
    evaluate('staging', 'deploy'),
    evaluate('anna', 'dev')
  ])
}, installMs)

const checks = Object.assign({}, ...Object.values(boxes)) as (typeof boxes)[string]

test('sst.config.ts and what it composes have no type errors', async () => {
  expect(await typeErrors('tsconfig.infra.json')).toBe('')
})

describe('production', () => {
  test('is in all regions', () => {
    expect(regionsOf(production)).toEqual([...allRegions])
  })

  describe.each(Object.entries(boxes))('%s', (_, checks) => {
    test.each(Object.entries(checks))('%s', (_, check) => {
      expect(check(production)).toEqual([])
    })
  })

  test('of a large size keeps the authorizer warm too, and knows workdays', () => {
    for (const check of Object.values(checks)) expect(check(large)).toEqual([])
    expect(authorizerIsWarmAndWorkdaysAreReady(large)).toEqual([])
    expect(authorizerIsWarmAndWorkdaysAreReady(production)).not.toEqual([])
    expect(every(large, 'sns/topicSubscription:TopicSubscription')).toHaveLength(3)
  })
})

describe('staging', () => {
  test('is as production, but has no firewall and can be removed', () => {
    const different = Object.entries(checks)
      .filter(([, check]) => check(staging).length > 0)
      .map(([name]) => name)
    expect(different.toSorted()).toEqual([
      'nothingOfTheLogGoesByItself',
      'theFirewallStandsInFront'
    ])
  })
})

describe('a personal stage', () => {
  test('is in one region', () => {
    expect(regionsOf(personal)).toHaveLength(1)
    expect(personal.builds).toHaveLength(7)
  })

  test.each(Object.entries(boxesOfAPersonalStage))('%s', (_, check) => {
    expect(check(personal)).toEqual([])
  })

  test.each([
    'ec2/instance:Instance',
    'elasticache/serverlessCache:ServerlessCache',
    'lambda/provisionedConcurrencyConfig:ProvisionedConcurrencyConfig',
    'wafv2/webAcl:WebAcl',
    'route53/healthCheck:HealthCheck',
    'cloudfront/distribution:Distribution',
    'cloudwatch/metricAlarm:MetricAlarm'
  ])('has no %s', (type) => {
    expect(every(personal, type)).toEqual([])
  })
})

describe('a planted fault is found', () => {
  test.each(faults)('by $check: $fault', (fault) => {
    const check = checks[fault.check]
    expect(check, 'the check').toBeDefined()
    expect(check?.(production)).toEqual([])
    expect(check?.(withFault(production, fault))).not.toEqual([])
  })

  test('for every check', () => {
    const tried = new Set(faults.map(({ check }) => check))
    // Their subjects are lists of files and builds, in which nothing can be planted as above.
    const apart = ['onlyFilesWithHashesAreKept', 'everyTriggerHasItsHandler']
    expect(Object.keys(checks).filter((name) => !tried.has(name))).toEqual(apart)
  })

  test('in what is built', () => {
    const builds = production.builds.filter((handler) => !handler.includes('relay'))
    expect(checks['everyTriggerHasItsHandler']?.({ ...production, builds })).toHaveLength(1)
  })

  test('in what browsers keep', () => {
    const copy = structuredClone(production)
    const [files] = copy.resources.filter(({ name }) => name.startsWith('SiteAssetFiles'))
    const cacheControl = 'max-age=31536000,immutable'
    files!.inputs['files'] = [0, 1, 2].map((n) => ({ key: `sw${n}.js`, cacheControl }))
    expect(checks['onlyFilesWithHashesAreKept']?.(copy)).not.toEqual([])
  })
})

describe('the bill of a stage that rests', () => {
  test('knows every resource', () => {
    expect(unpriced(production)).toEqual([])
    const [dashboard] = every(production, 'cloudwatch/dashboard:Dashboard')
    const widgets = listAt(jsonAt(dashboard?.inputs, 'dashboardBody'), 'widgets')
    const metrics = widgets.flatMap((widget) => listAt(widget, 'properties', 'metrics'))
    expect(metrics.length).toBeLessThanOrEqual(dashboardMetricsMax)
  })

  test(`is at most ${usdMax} USD a month for three regions, and ${usdOfTheFirewall} for a firewall`, () => {
    expect(total(idleBill(staging))).toBeLessThanOrEqual(usdMax)
    const firewall = total(idleBill(production)) - total(idleBill(staging))
    expect(firewall).toBeCloseTo(usdOfTheFirewall)
  })

  test('is less than a dollar for a personal stage', () => {
    expect(total(idleBill(personal))).toBeLessThan(1)
  })

  test('rises with what costs more, and does not pass over what it does not know', () => {
    const copy = structuredClone(staging)
    const nothing = { name: 'Nat', region: 'us-east-1', inputs: {}, outputs: {} }
    copy.resources.push({ ...nothing, type: 'aws:ec2/natGateway:NatGateway' })
    expect(unpriced(copy)).toEqual(['ec2/natGateway:NatGateway'])
    const [warm] = every(copy, 'lambda/provisionedConcurrencyConfig:ProvisionedConcurrencyConfig')
    warm!.inputs['provisionedConcurrentExecutions'] = 2
    expect(total(idleBill(copy))).toBeGreaterThan(usdMax)
  })

  test('is what docs/deploy.md says, line by line', () => {
    const said = readFileSync(path.join(root, 'docs', 'deploy.md'), 'utf8')
    for (const { what, count, usd } of idleBill(production)) {
      expect(said).toContain(`| ${count} | ${what} | ${usd.toFixed(2)} |`)
    }
    for (const bill of [production, staging, large].map(idleBill)) {
      expect(said).toContain(`**${total(bill).toFixed(2)} USD**`)
    }
  })
})

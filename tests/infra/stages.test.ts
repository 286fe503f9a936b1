// What a deployer sets is checked before anything is made, and said in a sentence.
import { expect, test } from 'vitest'
import { allRegions, homeRegion } from '../../sync-api/infra/regions'
import { stageOf } from '../../sync-api/infra/stages'

const set = { MERIDIAN_DOMAIN: 'docs.example.com', MERIDIAN_ZONE: 'Z0123456789ABCDEFGHIJ' }

test('production is small and guarded unless somebody says otherwise', () => {
  const production = stageOf('production', false, set)
  expect(production).toMatchObject({ regions: allRegions, keep: true, waf: true, alarmEmail: null })
  expect(production.warm).toEqual({ socket: { min: 1, max: 10 }, authorizer: null })
  const told = stageOf('production', false, { ...set, MERIDIAN_SIZE: 'large', MERIDIAN_WAF: 'off' })
  expect(told.waf).toBe(false)
  expect(told.warm.authorizer).not.toBeNull()
})

test('another stage may be removed, and has no firewall', () => {
  expect(stageOf('staging', false, set)).toMatchObject({ keep: false, waf: false })
})

test('a personal stage needs nothing set, and is at home alone', () => {
  const personal = stageOf('anna', true, {})
  expect(personal).toMatchObject({ regions: [homeRegion], edge: null, waf: false, keep: false })
  expect(personal.warm).toEqual({ socket: null, authorizer: null })
})

test.each([
  ['', /MERIDIAN_DOMAIN/],
  ['https://docs.example.com', /MERIDIAN_DOMAIN/],
  ['docs.example.com/', /MERIDIAN_DOMAIN/],
  ['localhost', /MERIDIAN_DOMAIN/]
])('the domain "%s" is refused', (domain, sentence) => {
  expect(() => stageOf('staging', false, { ...set, MERIDIAN_DOMAIN: domain })).toThrow(sentence)
})

test('a zone that is no id, a size there is not, and a stage that names cannot hold are refused', () => {
  const zone = { ...set, MERIDIAN_ZONE: 'example.com' }
  expect(() => stageOf('staging', false, zone)).toThrow(/MERIDIAN_ZONE/)
  expect(() => stageOf('staging', false, { ...set, MERIDIAN_SIZE: 'huge' })).toThrow(
    /small or large/
  )
  expect(() => stageOf('a'.repeat(21), false, set)).toThrow(/1 to 20/)
  expect(() => stageOf('my_stage', true, set)).toThrow(/letters, digits and hyphens/)
})

// What differs between stages, and what a deployer sets in the environment, checked before anything is made.
import { allRegions, homeRegion, type Region } from './regions'

/** How much is kept warm. `small` is the default and what the idle bill in docs/deploy.md is of. */
export type Size = 'small' | 'large'

/** Environments of a function that are kept warm, and how many scaling may add. */
export type Warm = {
  readonly min: number
  readonly max: number
  /** Lowest number on workdays, 7 to 19 UTC; absent: the same all day. */
  readonly workdayMin?: number
}

export type Edge = {
  /** Where people open Meridian, such as `meridian.example.com`. */
  readonly domain: string
  /** Id of the Route 53 hosted zone that holds the domain. */
  readonly zone: string
}

export type Stage = {
  readonly name: string
  readonly regions: readonly Region[]
  /** Deletes neither data nor the stage by accident. */
  readonly keep: boolean
  /** Null on a personal stage (`sst dev`): the browser talks to Vite, which talks to the one region. */
  readonly edge: Edge | null
  readonly waf: boolean
  readonly warm: { readonly socket: Warm | null; readonly authorizer: Warm | null }
  /** Health checks: seconds between them, and how many must fail. */
  readonly health: { readonly everySeconds: 10 | 30; readonly failures: number }
  /** Where alarms are mailed to; null: they only show on the dashboard. */
  readonly alarmEmail: string | null
}

type Environment = Readonly<Record<string, string | undefined>>

const warmBySize: Readonly<Record<Size, Stage['warm']>> = {
  small: { socket: { min: 1, max: 10 }, authorizer: null },
  large: {
    socket: { min: 2, max: 100, workdayMin: 5 },
    authorizer: { min: 1, max: 20, workdayMin: 2 }
  }
}

/** The stage called `name`; `dev` is SST's `$dev`. Throws a sentence when the environment lacks something. */
export function stageOf(name: string, dev: boolean, environment: Environment): Stage {
  // Names of functions and alarms contain it, and AWS allows 64 characters.
  if (!/^[a-z][a-z0-9-]{0,19}$/i.test(name)) {
    throw new Error(`Stage "${name}": 1 to 20 letters, digits and hyphens, a letter first.`)
  }
  if (dev) return personalStage(name)
  const large = sizeOf(environment) === 'large'
  return {
    name,
    regions: allRegions,
    keep: name === 'production',
    edge: edgeOf(environment),
    waf: name === 'production' && environment['MERIDIAN_WAF'] !== 'off',
    warm: warmBySize[large ? 'large' : 'small'],
    // CloudFront and the client find another region by themselves; every 10 s costs 1 USD a region more.
    health: large ? { everySeconds: 10, failures: 3 } : { everySeconds: 30, failures: 2 },
    alarmEmail: environment['MERIDIAN_ALARM_EMAIL'] ?? null
  }
}

function personalStage(name: string): Stage {
  return {
    name,
    regions: [homeRegion],
    keep: false,
    edge: null,
    waf: false,
    warm: { socket: null, authorizer: null },
    health: { everySeconds: 30, failures: 2 },
    alarmEmail: null
  }
}

function sizeOf(environment: Environment): Size {
  const size = environment['MERIDIAN_SIZE'] ?? 'small'
  if (size !== 'small' && size !== 'large') {
    throw new Error(`MERIDIAN_SIZE is "${size}"; it may be small or large.`)
  }
  return size
}

function edgeOf(environment: Environment): Edge {
  const domain = environment['MERIDIAN_DOMAIN'] ?? ''
  const zone = environment['MERIDIAN_ZONE'] ?? ''
  if (!/^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}$/.test(domain)) {
    throw new Error('Set MERIDIAN_DOMAIN to the name people will open, such as docs.example.com.')
  }
  if (!/^Z[A-Z0-9]+$/.test(zone)) {
    throw new Error(
      'Set MERIDIAN_ZONE to the id of the Route 53 hosted zone that holds the domain.'
    )
  }
  return { domain, zone }
}

// What the person who looks at a deployment may decide.
import { labelBytesMax, silenceMsMax } from '../../protocol/limits'
import { OptionError, parse } from '../options'
import {
  editsDefault,
  editsMax,
  limitSDefault,
  regionLimitSDefault,
  regionsMax,
  sweepMsMax,
  updatesDefault,
  updatesMax
} from './limits'

export const areas = [
  'reach',
  'tickets',
  'wire',
  'rights',
  'sizes',
  'durability',
  'latency',
  'regions',
  'patience'
] as const
/** Takes longer than a ticket lives: looked at only when it is named. */
const long: readonly Area[] = ['patience']

export type Area = (typeof areas)[number]

export type DeploymentOptions = {
  /** `https://docs.example.com`, without a slash at its end. */
  readonly origin: string
  /** Names of regions, each with a socket of its own at `/ws/<region>`; empty for one place. */
  readonly regions: readonly string[]
  readonly only: readonly Area[]
  /** Addresses behind the public one, which must turn away whoever calls them straight. */
  readonly behind: readonly string[]
  /** How long one check waits, ms. */
  readonly limitMs: number
  /** Silence after which a connection is closed, ms. */
  readonly silenceMs: number
  /** How much later than it may that may be seen, ms. */
  readonly sweepMs: number
  /** How long one waits for another region, ms. */
  readonly regionLimitMs: number
  readonly updates: number
  readonly edits: number
  /** Whether what is slower than its target fails. */
  readonly strict: boolean
}

export const deploymentHelp = `  node dist/host/verify.js https://docs.example.com [options]

Looks at a running Meridian from outside, as a stranger with a key of their own, and says in a line each what works.

  --regions <list>       a deployment's regions, such as us-east-1,eu-west-1: each is asked at /ws/<region>
  --behind <address>     one behind the public address, such as an API Gateway's; must turn us away; may be repeated
  --only <list>          of ${areas.join(', ')} (all but the last, which takes twelve minutes)
  --limit <s>            how long one check waits (${limitSDefault})
  --region-limit <s>     how long one waits for another region (${regionLimitSDefault})
  --updates <number>     pushes of the durability check (${updatesDefault})
  --edits <number>       edits whose way is measured (${editsDefault})
  --strict               what is slower than its target fails

Ends with 1 when anything failed. Leaves a few small documents of people whose keys are forgotten at the end.`

const flags = {
  regions: { type: 'string' },
  only: { type: 'string' },
  behind: { type: 'string', multiple: true },
  limit: { type: 'string' },
  'region-limit': { type: 'string' },
  updates: { type: 'string' },
  edits: { type: 'string' },
  strict: { type: 'boolean' },
  help: { type: 'boolean', short: 'h' }
} as const

/** Whether the arguments name a deployment and not a folder: one of them begins like a URL. */
export function namesDeployment(args: readonly string[]): boolean {
  return args.some((argument) => /^[a-z][a-z0-9+.-]*:\/\//i.test(argument))
}

/** The argument that is the name of a host without its `https://`, if there is one. */
export function bareHostOf(args: readonly string[]): string | undefined {
  return args.find((argument) =>
    /^(localhost|[a-z0-9-]+(\.[a-z0-9-]+)+)(:\d+)?\/?$/i.test(argument)
  )
}

/** Null when help was asked for. Throws OptionError on anything that cannot be meant. */
export function readDeploymentOptions(args: readonly string[]): DeploymentOptions | null {
  const { values, positionals } = parse(args, flags, true)
  if (values.help === true) return null
  const [address, more] = positionals
  if (more !== undefined) throw new OptionError(`"${more}" is one too many (see --help)`)
  const seconds = (name: 'limit' | 'region-limit', usual: number): number =>
    1_000 * numberOf(name, values[name], usual, 3_600)
  return {
    origin: originOf(address ?? ''),
    regions: listOf(values.regions).map(regionOf),
    behind: (values.behind ?? []).map(originOf),
    only:
      values.only === undefined
        ? areas.filter((area) => !long.includes(area))
        : listOf(values.only).map(areaOf),
    limitMs: seconds('limit', limitSDefault),
    regionLimitMs: seconds('region-limit', regionLimitSDefault),
    silenceMs: silenceMsMax,
    sweepMs: sweepMsMax,
    updates: numberOf('updates', values.updates, updatesDefault, updatesMax),
    edits: numberOf('edits', values.edits, editsDefault, editsMax),
    strict: values.strict === true
  }
}

function originOf(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : null
  if (url === null || !/^https?:$/.test(url.protocol)) {
    throw new OptionError(
      `Name the address of the app, like https://docs.example.com, not "${text}"`
    )
  }
  const plain = url.username === '' && url.password === '' && url.search === '' && url.hash === ''
  if (!plain || url.pathname !== '/') {
    throw new OptionError(`Name the address alone: ${url.origin}`)
  }
  return url.origin
}

function listOf(text: string | undefined): string[] {
  const items = (text ?? '').split(',').map((item) => item.trim())
  const list = [...new Set(items.filter((item) => item !== ''))]
  if (list.length > regionsMax) throw new OptionError(`"${text}" has more than ${regionsMax} names`)
  return list
}

function regionOf(name: string): string {
  if (/^[a-z0-9-]+$/.test(name) && name.length <= labelBytesMax) return name
  throw new OptionError(`--regions is a list like us-east-1,eu-west-1, and "${name}" is no region`)
}

function areaOf(name: string): Area {
  const area = areas.find((one) => one === name)
  if (area === undefined) throw new OptionError(`--only is of ${areas.join(', ')}, not "${name}"`)
  return area
}

function numberOf(name: string, text: string | undefined, usual: number, max: number): number {
  if (text === undefined) return usual
  const number = Number(text)
  if (!/^\d{1,6}$/.test(text) || number < 1 || number > max) {
    throw new OptionError(`--${name} is a number from 1 to ${max}, not "${text}"`)
  }
  return number
}

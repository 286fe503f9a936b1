// The environments of a function: provisioned ones of its alias, and others as requests need them.
import type { LateCall } from './calls'
import { startEnvironment, type Environment, type EnvironmentSettings } from './environment'

export type PoolSettings = Omit<EnvironmentSettings, 'id'> & {
  readonly name: string
  /** Environments that work at the same time. */
  readonly concurrencyMax: number
  /** Environments of the alias that are loaded before anybody asks. */
  readonly provisioned: number
  readonly alias: string
}

/** Why nobody takes a request. */
export type NoEnvironment = 'busy' | { readonly unloadable: Error }

export type Pool = {
  /** Lends an environment to one request; a cold one where none is idle. */
  take(qualifier: string): Promise<Environment | NoEnvironment>
  giveBack(environment: Environment): void
  lateCalls(): readonly LateCall[]
  coldStarts(): number
  workingMost(): number
  /** Resolves when all provisioned environments are loaded. */
  provision(): Promise<void>
  end(): Promise<void>
}

type Member = { readonly environment: Environment; readonly qualifier: string; idle: boolean }

export function createPool(settings: PoolSettings): Pool {
  const { name, concurrencyMax, provisioned, alias } = settings
  // The one that rested longest comes first: what it left behind had the longest time to show.
  let members: Member[] = []
  const late: LateCall[] = []
  let working = 0
  let workingMost = 0
  let coldStarts = 0
  let made = 0

  const start = async (qualifier: string, coldStartMs: number): Promise<Member> => {
    made += 1
    const id = `${name}/${qualifier}/${made}`
    const environment = await startEnvironment({ ...settings, id, coldStartMs })
    const member = { environment, qualifier, idle: false }
    members.push(member)
    return member
  }

  const remove = (member: Member): void => {
    members = members.filter((other) => other !== member)
    late.push(...member.environment.lateCalls())
  }

  return {
    async take(qualifier) {
      if (working >= concurrencyMax) return 'busy'
      working += 1
      workingMost = Math.max(workingMost, working)
      for (const member of members.filter(({ environment }) => environment.isDead())) remove(member)
      const rested = members.find((member) => member.idle && member.qualifier === qualifier)
      if (rested !== undefined) {
        rested.idle = false
        return rested.environment
      }
      try {
        coldStarts += 1
        return (await start(qualifier, settings.coldStartMs)).environment
      } catch (failure) {
        working -= 1
        return { unloadable: failure instanceof Error ? failure : new Error(String(failure)) }
      }
    },
    giveBack(environment) {
      working -= 1
      const member = members.find((one) => one.environment === environment)
      if (member === undefined) throw new Error(`${environment.id} is none of ${name}`)
      if (environment.isDead()) return remove(member)
      members = [...members.filter((other) => other !== member), member]
      member.idle = true
    },
    lateCalls: () => [...late, ...members.flatMap(({ environment }) => environment.lateCalls())],
    coldStarts: () => coldStarts,
    workingMost: () => workingMost,
    async provision() {
      const missing = provisioned - members.length
      const started = Array.from({ length: Math.max(0, missing) }, () => start(alias, 0))
      for (const member of await Promise.all(started)) member.idle = true
    },
    async end() {
      await Promise.all(members.map(({ environment }) => environment.end()))
    }
  }
}

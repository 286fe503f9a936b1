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
  /** Provisioned environments that are loaded: one that died is replaced after a while. */
  warm(): number
  /** Resolves when all provisioned environments are loaded. */
  provision(): Promise<void>
  end(): Promise<void>
}

type Member = {
  readonly environment: Environment
  readonly qualifier: string
  readonly provisioned: boolean
  idle: boolean
}

export function createPool(settings: PoolSettings): Pool {
  const { name, concurrencyMax, provisioned, alias } = settings
  // The one that rested longest comes first: what it left behind had the longest time to show.
  let members: Member[] = []
  const late: LateCall[] = []
  let working = 0
  let workingMost = 0
  let coldStarts = 0
  let made = 0
  let ended = false

  const start = async (qualifier: string, warm: boolean): Promise<Member> => {
    made += 1
    const id = `${name}/${qualifier}/${made}`
    const coldStartMs = warm ? 0 : settings.coldStartMs
    const environment = await startEnvironment({ ...settings, id, coldStartMs })
    const member = { environment, qualifier, provisioned: warm, idle: warm }
    members.push(member)
    if (ended) await environment.end()
    return member
  }

  const remove = (member: Member): void => {
    members = members.filter((other) => other !== member)
    late.push(...member.environment.lateCalls())
    if (!member.provisioned || ended) return
    // Where it cannot be loaded any more, the next request is told so by a cold start.
    start(alias, true).catch(() => undefined)
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
        return (await start(qualifier, false)).environment
      } catch (failure) {
        working -= 1
        return { unloadable: failure instanceof Error ? failure : new Error(String(failure)) }
      }
    },
    giveBack(environment) {
      working -= 1
      const member = members.find((one) => one.environment === environment)
      if (member === undefined) {
        // It died, and whoever took the next one has seen that first.
        if (environment.isDead()) return
        throw new Error(`${environment.id} is none of ${name}`)
      }
      if (environment.isDead()) return remove(member)
      members = [...members.filter((other) => other !== member), member]
      member.idle = true
    },
    lateCalls: () => [...late, ...members.flatMap(({ environment }) => environment.lateCalls())],
    coldStarts: () => coldStarts,
    workingMost: () => workingMost,
    warm: () =>
      members.filter((member) => member.provisioned && !member.environment.isDead()).length,
    async provision() {
      await Promise.all(Array.from({ length: provisioned }, () => start(alias, true)))
    },
    async end() {
      ended = true
      await Promise.all(members.map(({ environment }) => environment.end()))
    }
  }
}

// One environment of a function: loaded once, one request at a time, frozen in between, dead at a timeout or crash point.
import { pass, type LocalTime } from '../time'
import { createCalls, type CrashPoint, type LateCall } from './calls'
import type { Code, Invocation, LambdaEnv, LoadCode } from './code'
import { openHttpOutlet, type Outlet } from './http-outlet'
import { openRedisOutlet } from './redis-outlet'

export type EnvironmentSettings = {
  readonly id: string
  readonly load: LoadCode
  readonly env: LambdaEnv
  /** Addresses of the services it calls, by the variable that tells them: http:// or redis:// URLs. */
  readonly addresses: LambdaEnv
  readonly time: LocalTime
  readonly coldStartMs: number
  print(line: string): void
}

export type Outcome =
  | { readonly kind: 'returned'; readonly result: string }
  | { readonly kind: 'threw'; readonly name: string; readonly message: string }
  | { readonly kind: 'timed-out' }
  | { readonly kind: 'died' }

export type Environment = {
  readonly id: string
  isDead(): boolean
  /** One at a time. */
  run(
    event: string,
    invocation: Invocation,
    timeoutMs: number,
    crash: CrashPoint | null
  ): Promise<Outcome>
  lateCalls(): readonly LateCall[]
  end(): Promise<void>
}

/** A cold start. Rejects when the code cannot be loaded; nothing of it is left then. */
export async function startEnvironment(settings: EnvironmentSettings): Promise<Environment> {
  const { id, load, env, addresses, time, coldStartMs, print } = settings
  let dead = false
  let code: Code | null = null
  let ended: Promise<void> = Promise.resolve()
  const outlets: Outlet[] = []
  const deaths = new Set<() => void>()

  const die = (): void => {
    if (dead) return
    dead = true
    calls.end()
    for (const outlet of outlets) outlet.close()
    for (const tell of deaths) tell()
    ended = code?.end() ?? Promise.resolve()
  }
  const calls = createCalls(id, time.now, die)

  const told: Record<string, string> = {}
  for (const [variable, address] of Object.entries(addresses)) {
    const open = address.startsWith('redis:') ? openRedisOutlet : openHttpOutlet
    const outlet = await open(address, calls)
    outlets.push(outlet)
    told[variable] = outlet.address
  }
  if (coldStartMs > 0) await pass(time, coldStartMs)
  try {
    code = await load({ env: { ...env, ...told }, time, died: die, print })
  } catch (failure) {
    die()
    throw failure
  }
  const loaded = code
  calls.freeze()

  return {
    id,
    isDead: () => dead,
    run(event, invocation, timeoutMs, crash) {
      return new Promise((resolve) => {
        const finish = (outcome: Outcome): void => {
          cancel()
          deaths.delete(onDeath)
          resolve(outcome)
        }
        const onDeath = (): void => finish({ kind: 'died' })
        const cancel = time.after(timeoutMs, () => {
          finish({ kind: 'timed-out' })
          die()
        })
        deaths.add(onDeath)
        calls.thaw(crash)
        loaded.handle(event, invocation).then(
          (result) => {
            calls.freeze()
            finish({ kind: 'returned', result })
          },
          (failure: unknown) => {
            calls.freeze()
            const { name, message } =
              failure instanceof Error ? failure : new Error(String(failure))
            finish({ kind: 'threw', name, message })
          }
        )
      })
    },
    lateCalls: calls.late,
    async end() {
      die()
      await ended
    }
  }
}

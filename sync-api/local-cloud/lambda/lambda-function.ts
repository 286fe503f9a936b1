// A Lambda function: requests in, answers out, with the limits of the service and the life of its environments.
import { randomUUID } from 'node:crypto'
import type { LocalChance, LocalTime } from '../time'
import { accepted, answerOf, failed, refuse, refuseBusy, refuseSize } from './answers'
import type { InvokeAnswer } from './answers'
import type { CrashMoment, CrashPoint, LateCall } from './calls'
import type { LambdaEnv, LoadCode } from './code'
import { createEventQueue, type GivenUp } from './events'
import {
  accountConcurrency,
  environmentBytesMax,
  eventPayloadBytesMax,
  syncPayloadBytesMax,
  timeoutMsMax
} from './limits'
import { createPool, type Pool } from './pool'

export type FunctionSettings = {
  readonly name: string
  readonly region: string
  readonly load: LoadCode
  readonly env?: LambdaEnv
  /** Addresses of the stand-ins it calls, by environment variable: http:// or redis:// URLs. */
  readonly addresses?: LambdaEnv
  readonly time: LocalTime
  readonly chance: LocalChance
  readonly memoryMb?: number
  readonly timeoutMs: number
  /** What a cold start takes besides loading the code here, ms. */
  readonly coldStartMs?: number
  /** Environments that may work at the same time. */
  readonly concurrencyMax?: number
  /** Environments of its alias that are warm before anybody asks. */
  readonly provisioned?: number
  readonly alias?: string
  /** Share of events that are handled twice, 0 to 1. */
  readonly duplicates?: number
  /** How soon an event whose handler failed is handled again, ms; after a minute and two where it is not given. */
  readonly retryMs?: number | undefined
  /** Each line that it prints; only of bundles, which have an output of their own. */
  print?(line: string): void
}

/** What is billed, and what tells whether it was warm. */
export type FunctionFigures = {
  readonly requests: number
  readonly throttled: number
  readonly coldStarts: number
  readonly workingMost: number
  /** Memory times the time from the start of a request, cold start included, to its end. */
  readonly gigabyteSeconds: number
}

export type CrashWatch = {
  /** Whether an invocation reached the point and died of it. */
  fired(): boolean
}

export type LambdaFunction = {
  readonly name: string
  readonly arn: string
  /** Waits for the handler's result. Without a qualifier it reaches `$LATEST`, which is never provisioned. */
  invoke(payload: string, qualifier?: string): Promise<InvokeAnswer>
  /** Takes an event over, to be handled at least once. */
  send(payload: string, qualifier?: string): InvokeAnswer
  /** The next invocation dies at its nth call, counted from 1. */
  dieAt(call: number, moment: CrashMoment): CrashWatch
  /** Calls that real Lambda would have frozen. A right function has none. */
  lateCalls(): readonly LateCall[]
  givenUp(): readonly GivenUp[]
  /** Events that wait to be handled, or to be handled again. */
  waiting(): number
  /** Provisioned environments that are loaded; one that died is replaced soon. */
  warm(): number
  figures(): FunctionFigures
  stop(): Promise<void>
}

const latest = '$LATEST'
const account = '000000000000'

/** Resolves when its provisioned environments are warm. */
export async function startFunction(settings: FunctionSettings): Promise<LambdaFunction> {
  const { name, region, time, timeoutMs, memoryMb = 512 } = settings
  const arn = `arn:aws:lambda:${region}:${account}:function:${name}`
  if (timeoutMs > timeoutMsMax) throw new Error(`${name} may not run for ${timeoutMs} ms`)
  const pool = createPool({ ...poolSettings(settings), env: envOf(settings, memoryMb) })
  const counts = { requests: 0, throttled: 0, gigabyteSeconds: 0 }
  let crash: (CrashPoint & { arm(): void }) | null = null

  const run = async (payload: string, qualifier: string): Promise<InvokeAnswer> => {
    const requestId = randomUUID()
    const startedAt = time.now()
    const environment = await pool.take(qualifier)
    if (environment === 'busy') {
      counts.throttled += 1
      return refuseBusy(requestId)
    }
    if ('unloadable' in environment) {
      return failed(requestId, environment.unloadable.name, environment.unloadable.message)
    }
    counts.requests += 1
    const point = crash
    crash = null
    const invocation = {
      ...{ awsRequestId: requestId, functionName: name, functionVersion: latest },
      invokedFunctionArn: qualifier === latest ? arn : `${arn}:${qualifier}`,
      memoryLimitInMB: String(memoryMb),
      deadline: time.now() + timeoutMs
    }
    const outcome = await environment.run(payload, invocation, timeoutMs, point)
    if (outcome.kind === 'died') point?.arm()
    pool.giveBack(environment)
    counts.gigabyteSeconds += (memoryMb / 1024) * ((time.now() - startedAt) / 1000)
    return answerOf(requestId, outcome, timeoutMs)
  }

  const queue = createEventQueue({ ...settings, duplicates: settings.duplicates ?? 0, invoke: run })
  await pool.provision()

  return {
    ...{ name, arn },
    async invoke(payload, qualifier = latest) {
      return refusal(payload, syncPayloadBytesMax) ?? run(payload, qualifier)
    },
    send(payload, qualifier = latest) {
      const refused = refusal(payload, eventPayloadBytesMax)
      if (refused !== null) return refused
      queue.add(payload, qualifier)
      return accepted(randomUUID())
    },
    dieAt(call, moment) {
      let fired = false
      crash = { call, moment, arm: () => (fired = true) }
      return { fired: () => fired }
    },
    lateCalls: pool.lateCalls,
    givenUp: queue.givenUp,
    waiting: queue.waiting,
    warm: pool.warm,
    figures: () => ({ ...counts, ...figuresOf(pool) }),
    stop: pool.end
  }
}

function figuresOf(pool: Pool) {
  return { coldStarts: pool.coldStarts(), workingMost: pool.workingMost() }
}

function poolSettings(settings: FunctionSettings) {
  const { name, load, time, addresses = {}, alias = 'live' } = settings
  return {
    ...{ name, load, time, addresses, alias },
    coldStartMs: settings.coldStartMs ?? 0,
    concurrencyMax: settings.concurrencyMax ?? accountConcurrency,
    provisioned: settings.provisioned ?? 0,
    print: (line: string) => settings.print?.(line)
  }
}

/** What the service adds to a function's environment; credentials are needed to sign, and are none. */
function envOf({ name, region, env = {} }: FunctionSettings, memoryMb: number): LambdaEnv {
  const bytes = Object.entries(env).reduce(
    (sum, pair) => sum + Buffer.byteLength(pair[0]) + Buffer.byteLength(pair[1]),
    0
  )
  if (bytes > environmentBytesMax) {
    throw new Error(`The environment of ${name} has ${bytes} bytes, more than 4 KB`)
  }
  return {
    AWS_REGION: region,
    AWS_ACCESS_KEY_ID: 'local',
    AWS_SECRET_ACCESS_KEY: 'local',
    AWS_LAMBDA_FUNCTION_NAME: name,
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(memoryMb),
    ...env
  }
}

function refusal(payload: string, bytesMax: number): InvokeAnswer | null {
  const requestId = randomUUID()
  if (Buffer.byteLength(payload) > bytesMax) return refuseSize(requestId, bytesMax)
  try {
    JSON.parse(payload)
    return null
  } catch (failure) {
    const said = failure instanceof Error ? failure.message : String(failure)
    const message = `Could not parse request body into json: ${said}`
    return refuse(requestId, 400, 'InvalidRequestContentException', message)
  }
}

// What runs in an environment: a handler, loaded once at its cold start, that takes and gives JSON.
import type { LocalTime } from '../time'

/** What AWS tells a handler about its invocation, besides the event. */
export type LambdaContext = {
  readonly awsRequestId: string
  readonly functionName: string
  readonly functionVersion: string
  readonly invokedFunctionArn: string
  readonly memoryLimitInMB: string
  getRemainingTimeInMillis(): number
}

/** A context that can cross into a thread: its end instead of the function that tells what is left. */
export type Invocation = Omit<LambdaContext, 'getRemainingTimeInMillis'> & {
  /** ms since 1970. */
  readonly deadline: number
}

export type LambdaHandler = (event: unknown, context: LambdaContext) => unknown

export type LambdaEnv = Readonly<Record<string, string>>

export type Code = {
  /** Event and result as JSON; rejects with what the handler threw. */
  handle(event: string, invocation: Invocation): Promise<string>
  /** Ends it at once, wherever it is. */
  end(): Promise<void>
}

export type CodeSurroundings = {
  readonly env: LambdaEnv
  readonly time: LocalTime
  /** The process ended by itself. */
  died(): void
  /** A line on its output. */
  print(line: string): void
}

/** A cold start: rejects when the module throws. */
export type LoadCode = (surroundings: CodeSurroundings) => Promise<Code>

/**
 * A handler in this process, made anew for each environment: what the factory keeps is its module
 * state. Its death is seen by the others, since no call of it goes out any more; itself goes on.
 */
export function fromFactory(make: (env: LambdaEnv) => Promise<LambdaHandler>): LoadCode {
  return async ({ env, time }) => {
    const handler = await make(env)
    return {
      async handle(event, { deadline, ...known }) {
        const context = { ...known, getRemainingTimeInMillis: () => deadline - time.now() }
        return JSON.stringify((await handler(JSON.parse(event), context)) ?? null)
      },
      end: () => Promise.resolve()
    }
  }
}

// A breaker for each thing a region depends on: what has failed some times in a row is not asked for a while, and nobody waits
// for it. Never around a call to another region.
import {
  BrokenCircuitError,
  circuitBreaker,
  CircuitState,
  ConsecutiveBreaker,
  handleWhen
} from 'cockatiel'
import { breakerFailures, breakerRestMs } from './limits'
import { CacheUnreachable, type Tail } from './tail'

/** What a region depends on, as metrics name it. */
export type Dependency = 'cache' | 'log' | 'bus' | 'callbacks'

/** 0 closed, 0.5 looking whether it is well again, 1 open. */
export type BreakerState = 0 | 0.5 | 1

export type Breaker = {
  /** Runs the call, or rejects with BrokenCircuitError without running it. */
  run<T>(call: () => Promise<T>): Promise<T>
  state(): BreakerState
}

export type BreakerParts = {
  readonly dependency: Dependency
  /** Which failures speak against it; what a call was told by what it asked does not. */
  readonly counts: (cause: Error) => boolean
  readonly onState: (dependency: Dependency, state: BreakerState) => void
  /** How long it is left alone, ms. */
  readonly restMs?: number
}

export function createBreaker(parts: BreakerParts): Breaker {
  const { dependency, counts, onState, restMs = breakerRestMs } = parts
  const policy = circuitBreaker(handleWhen(counts), {
    halfOpenAfter: restMs,
    breaker: new ConsecutiveBreaker(breakerFailures)
  })
  policy.onStateChange((state) => onState(dependency, shown(state)))
  return { run: (call) => policy.execute(call), state: () => shown(policy.state) }
}

function shown(state: CircuitState): BreakerState {
  switch (state) {
    case CircuitState.Open:
    case CircuitState.Isolated:
      return 1
    case CircuitState.HalfOpen:
      return 0.5
    case CircuitState.Closed:
      return 0
  }
}

/** The order behind its breaker: while that is open the cache counts as out of reach, and logs go on without. */
export function guardTail(tail: Tail, breaker: Breaker): Tail {
  async function guarded<T>(call: () => Promise<T>): Promise<T> {
    try {
      return await breaker.run(call)
    } catch (cause) {
      throw cause instanceof BrokenCircuitError ? new CacheUnreachable(cause) : cause
    }
  }
  return {
    read: (ref, after) => guarded(() => tail.read(ref, after)),
    begin: (ref, after) => guarded(() => tail.begin(ref, after)),
    add: (ref, entries) => guarded(() => tail.add(ref, entries)),
    reached: (ref, id, sequences) => guarded(() => tail.reached(ref, id, sequences)),
    unsettled: (ref) => guarded(() => tail.unsettled(ref)),
    knows: (ref, keys) => guarded(() => tail.knows(ref, keys)),
    end: (ref) => guarded(() => tail.end(ref))
  }
}

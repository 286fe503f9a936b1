// Breakers: what fails is left alone, nobody waits for it, and one call finds out that it is well again.
import { randomBytes } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import {
  createBreaker,
  guardTail,
  type BreakerState
} from '../../../sync-api/adapters/aws/breakers'
import { CacheUnreachable } from '../../../sync-api/adapters/aws/tail'
import { createMemoryTail } from '../../simulation/regions/memory-tail'
import { channelOf } from '../../contracts/log-samples'

const ref = channelOf('document')

function guarded(restMs: number) {
  const states: BreakerState[] = []
  let calls = 0
  const memory = createMemoryTail({
    random: randomBytes,
    entriesMax: 10,
    pause: async () => {
      calls += 1
    }
  })
  const breaker = createBreaker({
    dependency: 'cache',
    counts: (cause) => cause instanceof CacheUnreachable,
    onState: (_, state) => states.push(state),
    restMs
  })
  return { memory, tail: guardTail(memory, breaker), breaker, states, calls: () => calls }
}

const fails = (answer: Promise<unknown>) => expect(answer).rejects.toThrow(CacheUnreachable)

describe('a breaker', () => {
  it('lets calls through as long as they are answered', async () => {
    const { tail, breaker, states } = guarded(1_000_000)
    await tail.begin(ref, 0)
    for (let n = 0; n < 20; n++) expect(await tail.read(ref, 0)).not.toBeNull()
    expect(breaker.state()).toBe(0)
    expect(states).toEqual([])
  })

  it('does not ask what has failed three times in a row', async () => {
    const { memory, tail, breaker, calls } = guarded(1_000_000)
    memory.reachable = false
    for (let n = 0; n < 3; n++) await fails(tail.read(ref, 0))
    const before = calls()
    for (let n = 0; n < 10; n++) await fails(tail.read(ref, 0))
    expect(calls()).toBe(before)
    expect(breaker.state()).toBe(1)
    memory.reachable = true
    await fails(tail.read(ref, 0))
  })

  it('counts a failure between answers for nothing', async () => {
    const { memory, tail, breaker } = guarded(1_000_000)
    for (let n = 0; n < 10; n++) {
      memory.reachable = false
      await fails(tail.read(ref, 0))
      await fails(tail.read(ref, 0))
      memory.reachable = true
      await tail.read(ref, 0)
    }
    expect(breaker.state()).toBe(0)
  })

  it('closes when one call is answered again, and tells every state', async () => {
    const { memory, tail, breaker, states } = guarded(0)
    memory.reachable = false
    for (let n = 0; n < 3; n++) await fails(tail.begin(ref, 0))
    expect(breaker.state()).toBe(1)
    await fails(tail.begin(ref, 0))
    memory.reachable = true
    await expect
      .poll(() =>
        tail.begin(ref, 0).then(
          () => true,
          () => false
        )
      )
      .toBe(true)
    expect(breaker.state()).toBe(0)
    expect(states).toEqual([1, 0.5, 1, 0.5, 0])
  })
})

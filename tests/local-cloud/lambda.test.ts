// The Lambda stand-in against what is known of Lambda (lambda-facts.ts), through the real SDK client.
import { afterEach, describe, expect, it } from 'vitest'
import { eventPayloadBytesMax, syncPayloadBytesMax } from '../../sync-api/local-cloud/lambda/limits'
import { createManualTime } from './manual-time'
import { clientOf, invoke, loads, startCalled, stopAll } from './lambda-bed'

afterEach(stopAll)

/** JSON text of exactly so many bytes. */
const textOf = (bytes: number): string => 'a'.repeat(bytes - 2)

describe('Lambda invoked through its SDK client', () => {
  it('gives a handler the event, and its caller what the handler returns', async () => {
    const made = await startCalled({ load: loads(() => (event) => ({ got: event })) })
    const client = await clientOf(made)
    expect(await invoke(client, { n: 1 })).toMatchObject({
      status: 200,
      payload: { got: { n: 1 } }
    })
    for (const name of [
      made.arn,
      `${made.arn}:live`,
      'called:live',
      '000000000000:function:called'
    ]) {
      const told = await invoke(client, { n: 2 }, { FunctionName: name })
      expect(told.payload).toEqual({ got: { n: 2 } })
    }
    await expect(invoke(client, {}, { FunctionName: 'other' })).rejects.toThrow('No function')
  })

  it('answers 200 with X-Amz-Function-Error when a handler throws', async () => {
    const load = loads(() => () => {
      throw new RangeError('too far')
    })
    const client = await clientOf(await startCalled({ load }))
    expect(await invoke(client, {})).toMatchObject({
      ...{ status: 200, failure: 'Unhandled' },
      payload: { errorType: 'RangeError', errorMessage: 'too far' }
    })
  })

  it('tells a caller who waits that a module could not be loaded', async () => {
    const load = loads(() => {
      throw new Error('no such module')
    })
    const client = await clientOf(await startCalled({ load }))
    expect(await invoke(client, {})).toMatchObject({
      ...{ failure: 'Unhandled', payload: { errorMessage: 'no such module' } }
    })
  })

  it('refuses a request above 6 MB, and turns a larger answer into an error', async () => {
    const load = loads(() => (event) => (event === 'long' ? textOf(syncPayloadBytesMax + 1) : 'ok'))
    const made = await startCalled({ load })
    const client = await clientOf(made)
    expect((await invoke(client, textOf(syncPayloadBytesMax))).payload).toBe('ok')
    await expect(invoke(client, textOf(syncPayloadBytesMax + 1))).rejects.toMatchObject({
      ...{ name: 'RequestTooLargeException', $metadata: { httpStatusCode: 413 } }
    })
    expect((await invoke(client, 'long')).failure).toBe('Unhandled')
    expect(made.figures().requests).toBe(2)
  })

  it('refuses an event above 1 MB that nobody waits for', async () => {
    const made = await startCalled({ load: loads(() => () => 'ok') })
    const client = await clientOf(made)
    const asEvent = { InvocationType: 'Event' } as const
    expect((await invoke(client, textOf(eventPayloadBytesMax), asEvent)).status).toBe(202)
    await expect(invoke(client, textOf(eventPayloadBytesMax + 1), asEvent)).rejects.toMatchObject({
      name: 'RequestTooLargeException'
    })
    await expect.poll(() => made.waiting()).toBe(0)
    expect(made.figures().requests).toBe(1)
  })

  it('answers 429 when as many environments work as may', async () => {
    const held: (() => void)[] = []
    const load = loads(() => () => new Promise<void>((resolve) => held.push(resolve)))
    const made = await startCalled({ load, concurrencyMax: 2 })
    const client = await clientOf(made)
    const working = [invoke(client, 1), invoke(client, 2)]
    await expect.poll(() => held.length).toBe(2)
    await expect(invoke(client, 3)).rejects.toMatchObject({
      ...{ name: 'TooManyRequestsException', $metadata: { httpStatusCode: 429 } },
      Reason: 'ReservedFunctionConcurrentInvocationLimitExceeded'
    })
    for (const release of held) release()
    await Promise.all(working)
    expect(made.figures()).toMatchObject({ requests: 2, throttled: 1, workingMost: 2 })
  })

  it('ends a handler at its timeout, and the environment with it', async () => {
    const time = createManualTime()
    let loaded = 0
    const load = loads(() => {
      loaded += 1
      return (event) => (event === 'hang' ? new Promise(() => undefined) : 'ok')
    })
    const made = await startCalled({ load, time, timeoutMs: 3_000 })
    const client = await clientOf(made)
    const hanging = invoke(client, 'hang')
    await expect.poll(() => made.figures().requests).toBe(1)
    await time.advance(3_000)
    expect(await hanging).toMatchObject({
      ...{ failure: 'Unhandled' },
      payload: { errorMessage: expect.stringContaining('Task timed out after 3.00 seconds') }
    })
    expect((await invoke(client, 'quick')).payload).toBe('ok')
    expect(loaded).toBe(2)
  })
})

describe('An event for Lambda that nobody waits for', () => {
  const asEvent = { InvocationType: 'Event' } as const

  it('is tried twice more when its handler fails, after one and two minutes, then given up', async () => {
    const time = createManualTime()
    const triedAt: number[] = []
    const load = loads(() => () => {
      triedAt.push(time.now())
      throw new Error('never')
    })
    const made = await startCalled({ load, time })
    expect((await invoke(await clientOf(made), { n: 1 }, asEvent)).status).toBe(202)
    for (const tries of [1, 2, 3]) {
      await expect.poll(() => triedAt.length).toBe(tries)
      if (tries < 3) await time.advance(tries * 60_000)
    }
    await expect.poll(() => made.givenUp().map(({ payload }) => payload)).toEqual(['{"n":1}'])
    const [first = 0, ...later] = triedAt
    expect(later.map((at) => at - first)).toEqual([60_000, 180_000])
  })

  it('waits for an environment instead of failing when all work', async () => {
    const time = createManualTime()
    const held: (() => void)[] = []
    const load = loads(() => () => new Promise<void>((resolve) => held.push(resolve)))
    const made = await startCalled({ load, time, concurrencyMax: 1 })
    for (const n of [1, 2]) made.send(String(n))
    await expect.poll(() => made.figures().throttled).toBe(1)
    await expect.poll(() => held.length).toBe(1)
    held[0]?.()
    await expect.poll(() => made.waiting()).toBe(1)
    await time.advance(1_000)
    await expect.poll(() => held.length).toBe(2)
    held[1]?.()
    await expect.poll(() => made.waiting()).toBe(0)
    expect(made.givenUp()).toEqual([])
  })

  it('may be handled twice although once would do', async () => {
    const got: unknown[] = []
    const load = loads(() => (event) => void got.push(event))
    const made = await startCalled({ load, duplicates: 1 })
    made.send('"once"')
    await expect.poll(() => got).toEqual(['once', 'once'])
  })
})

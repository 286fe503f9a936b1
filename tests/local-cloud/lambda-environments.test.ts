// The life of Lambda's environments: cold, one request at a time, frozen between requests, dead at any call.
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { fromBundle } from '../../sync-api/local-cloud/lambda/thread-code'
import { createManualTime } from './manual-time'
import { call, loads, startCalled, startService, stopAll, stopsLater } from './lambda-bed'

afterEach(stopAll)

/** Handlers that count in their module, and wait when they are told to. */
function counting(held: (() => void)[]) {
  return loads(() => {
    let handled = 0
    return async (event) => {
      handled += 1
      if (event === 'wait') await new Promise<void>((resolve) => held.push(resolve))
      return handled
    }
  })
}

describe('An environment of Lambda', () => {
  it('starts cold, which takes its time, and keeps its module state for later requests', async () => {
    const time = createManualTime()
    const made = await startCalled({ load: counting([]), time, coldStartMs: 800 })
    let answered = false
    const first = made.invoke('0').finally(() => (answered = true))
    await time.advance(799)
    expect(answered).toBe(false)
    await time.advance(1)
    expect((await first).payload).toBe('1')
    expect((await made.invoke('0')).payload).toBe('2')
    expect(made.figures()).toMatchObject({ coldStarts: 1, requests: 2, gigabyteSeconds: 0.4 })
  })

  it('handles one request at a time: another one meanwhile starts cold', async () => {
    const held: (() => void)[] = []
    const made = await startCalled({ load: counting(held) })
    const first = made.invoke('"wait"')
    await expect.poll(() => held.length).toBe(1)
    expect((await made.invoke('0')).payload).toBe('1')
    held[0]?.()
    expect((await first).payload).toBe('1')
    expect(made.figures()).toMatchObject({ coldStarts: 2, workingMost: 2 })
  })

  it('is warm from the start where provisioned, for the alias only and not for $LATEST', async () => {
    const time = createManualTime()
    const load = counting([])
    const made = await startCalled({ load, time, coldStartMs: 800, provisioned: 2 })
    expect((await made.invoke('0', 'live')).payload).toBe('1')
    expect(made.figures().coldStarts).toBe(0)
    const unqualified = made.invoke('0')
    await expect.poll(() => made.figures().coldStarts).toBe(1)
    await time.advance(800)
    expect((await unqualified).payload).toBe('1')
  })

  it('has at most 4 KB of variables', async () => {
    const env = { LONG: 'a'.repeat(4 * 1024) }
    await expect(startCalled({ load: counting([]), env })).rejects.toThrow('more than 4 KB')
  })
})

describe('A frozen environment of Lambda', () => {
  it('makes no call: one that a handler leaves behind is recorded, and leaves at the next request', async () => {
    const service = stopsLater(await startService())
    let release = (): void => undefined
    const load = loads((env) => async (event) => {
      if (event === 'right') return call(env['SERVICE'], 'awaited')
      void new Promise<void>((resolve) => (release = resolve)).then(() =>
        call(env['SERVICE'], 'late')
      )
    })
    const made = await startCalled({ load, addresses: { SERVICE: service.address } })
    await made.invoke('"right"')
    expect(made.lateCalls()).toEqual([])
    await made.invoke('"wrong"')
    release()
    await expect
      .poll(() => made.lateCalls())
      .toMatchObject([{ call: `POST ${service.address}/`, kind: 'after-return' }])
    expect(service.heard).toEqual(['awaited'])
    await made.invoke('"right"')
    await expect.poll(() => [...service.heard].sort()).toEqual(['awaited', 'awaited', 'late'])
  })

  it('is told at once that a call was broken off, which is then under way no more', async () => {
    const service = createServer((request) => request.socket.destroy())
    service.listen(0, '127.0.0.1')
    await once(service, 'listening')
    const { port } = service.address() as AddressInfo
    const made = await startCalled({
      load: loads(
        ({ SERVICE }) =>
          async () =>
            call(SERVICE, 'a').catch(() => 'broken off')
      ),
      addresses: { SERVICE: `http://127.0.0.1:${port}` }
    })
    expect((await made.invoke('0')).payload).toBe('"broken off"')
    expect(made.lateCalls()).toEqual([])
    service.close()
  })

  it('hears no answer: a call that a handler did not wait for is recorded', async () => {
    const service = stopsLater(await startService())
    let started = (): void => undefined
    const load = loads((env) => async () => {
      const heard = new Promise<void>((resolve) => (started = resolve))
      // Its answer is cut when the environment ends.
      void call(env['SERVICE'], 'not awaited').catch(() => 'cut')
      await heard
    })
    const made = await startCalled({ load, addresses: { SERVICE: service.address } })
    const original = service.heard.push.bind(service.heard)
    service.heard.push = (body) => {
      const length = original(body)
      started()
      return length
    }
    await made.invoke('0')
    await expect.poll(() => made.lateCalls().length).toBe(1)
  })
})

describe('An environment of Lambda that dies at a call', () => {
  const threeCalls = loads((env) => async () => {
    for (const body of ['a', 'b', 'c']) await call(env['SERVICE'], body)
    return 'done'
  })

  it('dies before any of them, or after it was served and before its answer came', async () => {
    const heard: Record<string, string> = {}
    for (const moment of ['before', 'after'] as const) {
      for (let number = 1; ; number += 1) {
        const service = stopsLater(await startService())
        const addresses = { SERVICE: service.address }
        const made = await startCalled({ load: threeCalls, addresses })
        const crash = made.dieAt(number, moment)
        const answer = await made.invoke('0')
        if (!crash.fired()) {
          expect([number, answer.payload]).toEqual([4, '"done"'])
          break
        }
        expect(answer).toMatchObject({ functionError: 'Unhandled' })
        expect(answer.payload).toContain('Runtime.ExitError')
        heard[`${moment} ${number}`] = service.heard.join('')
        // A later request is handled by a fresh one.
        expect((await made.invoke('0')).payload).toBe('"done"')
        expect(made.lateCalls()).toEqual([])
      }
    }
    expect(heard).toEqual({
      ...{ 'before 1': '', 'before 2': 'a', 'before 3': 'ab' },
      ...{ 'after 1': 'a', 'after 2': 'ab', 'after 3': 'abc' }
    })
  })
})

describe('A bundle that runs as a Lambda function', () => {
  const bundle = `
    let handled = 0
    const post = (body) =>
      fetch(process.env.SERVICE, { method: 'POST', body }).then((answer) => answer.text())
    export async function handler(event, context) {
      handled += 1
      console.log('handled ' + handled)
      if (event.late) setTimeout(() => post('late').catch(() => undefined), 20)
      if (event.exit) process.exit(3)
      if (event.calls) for (const body of event.calls) await post(body)
      return { handled, region: process.env.AWS_REGION, path: process.env.PATH ?? null, left: context.getRemainingTimeInMillis() }
    }`

  async function startBundle() {
    const folder = await mkdtemp(join(tmpdir(), 'meridian-bundle-'))
    stopsLater({ stop: () => rm(folder, { recursive: true }) })
    const file = join(folder, 'bundle.mjs')
    await writeFile(file, bundle)
    const service = stopsLater(await startService())
    const printed: string[] = []
    const made = await startCalled({
      ...{ load: fromBundle(file), addresses: { SERVICE: service.address } },
      print: (line) => printed.push(line)
    })
    return { made, service, printed }
  }

  it('has modules, variables and an output of its own in each environment', async () => {
    const { made, printed } = await startBundle()
    const [first, second] = await Promise.all([made.invoke('{}'), made.invoke('{}')])
    for (const { payload } of [first, second]) {
      const told = JSON.parse(payload) as Record<string, unknown>
      expect(told).toMatchObject({ handled: 1, region: 'eu-west-1', path: null })
      expect(told['left']).toBeGreaterThan(30_000)
    }
    await expect.poll(() => printed).toEqual(['handled 1', 'handled 1'])
  })

  it('is caught at a call after it returned', async () => {
    const { made, service } = await startBundle()
    await made.invoke('{"late":true}')
    await expect.poll(() => made.lateCalls().map(({ kind }) => kind)).toEqual(['after-return'])
    expect(service.heard).toEqual([])
  })

  it('is ended in the middle of a call, or by itself, and started anew', async () => {
    const { made, service } = await startBundle()
    const crash = made.dieAt(2, 'after')
    expect((await made.invoke('{"calls":["a","b","c"]}')).payload).toContain('Runtime.ExitError')
    expect(crash.fired()).toBe(true)
    expect(service.heard).toEqual(['a', 'b'])
    expect((await made.invoke('{"exit":true}')).payload).toContain('Runtime.ExitError')
    expect(JSON.parse((await made.invoke('{}')).payload)).toMatchObject({ handled: 1 })
  })
})

// The host as a process: how it starts, refuses to, ends, and what survives its end.
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { request } from 'node:https'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, test } from 'vitest'
import { closeCodes } from '../../sync-api/protocol/close-codes'
import { runHost, startHost, type HostSetup, type TestHost } from '../host'
import { pushOf, shareDocument, subscribeTo, type SharedDocument } from './bed'
import { connect, hello, openSocket } from './client'
import { createDevice, newOutbox } from './device'
import { pullAll } from './pulling'

const started: TestHost[] = []
async function start(setup?: HostSetup): Promise<TestHost> {
  const host = await startHost(setup)
  started.push(host)
  return host
}
afterEach(async () => {
  for (const host of started.splice(0)) await host.stop()
})

/** Pushes, 16 in flight, until the connection closes; answers the numbers acknowledged. */
async function pushUntilClosed(
  url: string,
  { owner, document, content }: SharedDocument,
  afterAcks: number,
  then: () => void
): Promise<{ outbox: string; acked: number[]; code: number }> {
  const client = await connect(url, await owner.ticket(), { coat: 'binary' })
  client.say(subscribeTo(document))
  await client.hear('subscribed')
  const outbox = newOutbox()
  const acked: number[] = []
  let n = 0
  const more = (): void => client.say(pushOf(content, outbox, ++n))
  for (let flight = 0; flight < 16; flight++) more()
  try {
    for (;;) {
      const message = await client.next()
      if (message.type !== 'ack') continue
      acked.push(message.n)
      if (acked.length === afterAcks) then()
      more()
    }
  } catch (cause) {
    // The end of the connection is what this waits for; its code is answered below.
    if (!(cause instanceof Error && cause.message.startsWith('Closed'))) throw cause
  }
  return { outbox, acked, code: (await client.closed).code }
}

describe('what was acknowledged is there after', () => {
  test('SIGTERM while people write', async () => {
    const host = await start()
    const shared = await shareDocument(host.url)
    let exit = Promise.resolve<number | null>(null)
    const { outbox, acked, code } = await pushUntilClosed(host.url, shared, 100, () => {
      exit = host.kill('SIGTERM')
    })
    expect(code).toBe(closeCodes.goingAway)
    expect(await exit).toBe(0)
    await host.restart()
    const kept = (await pullAll(shared)).entries.filter((entry) => entry.outbox === outbox)
    const numbers = kept.map(({ n }) => n)
    expect(numbers.slice(0, acked.length)).toEqual(acked)
    expect(numbers).toEqual(numbers.map((_, at) => at + 1))
  })

  test('kill -9 while people write', async () => {
    const host = await start()
    const shared = await shareDocument(host.url)
    let exit = Promise.resolve<number | null>(null)
    const { outbox, acked } = await pushUntilClosed(host.url, shared, 100, () => {
      exit = host.kill('SIGKILL')
    })
    await exit
    await host.restart()
    const kept = (await pullAll(shared)).entries.filter((entry) => entry.outbox === outbox)
    expect(kept.slice(0, acked.length).map(({ n }) => n)).toEqual(acked)
  })
})

test('a stopping host says so before it closes', async () => {
  const host = await start()
  const device = await createDevice(host.url)
  const client = await connect(host.url, await device.ticket())
  const exit = host.kill('SIGINT')
  expect(await client.hear('hand-over')).toEqual({ type: 'hand-over', afterMs: expect.any(Number) })
  expect((await client.closed).code).toBe(closeCodes.goingAway)
  expect(await exit).toBe(0)
})

test('a second process on the same folder is refused with a sentence', async () => {
  const host = await start()
  const { code, output } = await runHost(['--data', host.data, '--port', '0'])
  expect(code).toBe(1)
  expect(output).toContain(host.data)
  expect(output).not.toContain('    at ')
})

test('a port in use is refused with a sentence', async () => {
  const host = await start()
  const data = await mkdtemp(join(tmpdir(), 'meridian-'))
  const { code, output } = await runHost(['--data', data, '--port', String(host.port)])
  await rm(data, { recursive: true })
  expect(code).toBe(1)
  expect(output).toContain(`Port ${host.port} is in use`)
  expect(output).not.toContain('    at ')
})

test.each([
  [['--port', 'high'], '--port is a number from 0 to 65535, not "high"'],
  [['--origin', 'docs'], '--origin is an address like https://docs.example.com, not "docs"'],
  [['--tls-cert', 'a.pem'], '--tls-cert needs --tls-key too'],
  [['--tls', '--tls-cert', 'a.pem', '--tls-key', 'b.pem'], 'not both'],
  [['--log', 'loud'], '--log is one of'],
  [['--colour'], "Unknown option '--colour'"]
])('%j is refused with a sentence', async (args, sentence) => {
  const { code, output } = await runHost(args)
  expect(code).toBe(1)
  expect(output).toContain(sentence)
  expect(output).not.toContain('    at ')
})

test('--help names every option and starts nothing', async () => {
  const { code, output } = await runHost(['--help'])
  expect(code).toBe(0)
  for (const flag of ['--data', '--port', '--host', '--tls', '--origin', '--trust-proxy']) {
    expect(output).toContain(flag)
  }
})

test('options are read from the environment too', async () => {
  const { code, output } = await runHost([], { MERIDIAN_PORT: '70000' })
  expect(code).toBe(1)
  expect(output).toContain('not "70000"')
})

test('--tls serves pages and sockets with a certificate that stays the same', async () => {
  const host = await start({ args: ['--tls'] })
  expect(host.url).toMatch(/^https:/)
  const read = () => readFile(join(host.data, 'certificate.pem'), 'utf8')
  const ca = await read()
  expect(await statusOverTls(`${host.url}/healthz`, ca)).toBe(200)
  const client = await openSocket(host.url, 'nobody', { ca })
  client.say(hello)
  expect((await client.closed).code).toBe(closeCodes.noTicket)
  await host.kill('SIGTERM')
  await host.restart()
  expect(await read()).toBe(ca)
})

test('a certificate that cannot be read is refused with a sentence', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'meridian-'))
  const cert = join(folder, 'cert.pem')
  await writeFile(cert, 'nothing')
  const args = ['--data', join(folder, 'data'), '--port', '0', '--tls-cert', cert, '--tls-key']
  const missing = await runHost([...args, join(folder, 'none.pem')])
  expect(missing.code).toBe(1)
  expect(missing.output).toContain('--tls-key')
  const unusable = await runHost([...args, cert])
  await rm(folder, { recursive: true })
  expect(unusable.code).toBe(1)
  expect(unusable.output).toContain('--tls-cert')
})

test('who shares plain http is warned', async () => {
  const host = await start({ args: ['--host', '0.0.0.0'] })
  expect(host.output()).toContain('Start with --tls')
  const local = await start()
  expect(local.output()).not.toContain('--tls')
})

test('health and metrics are answered', async () => {
  const host = await start()
  const health = await fetch(`${host.url}/healthz`)
  expect([health.status, await health.json()]).toEqual([200, { status: 'ok' }])
  const metrics = await fetch(`${host.url}/metrics`)
  expect(await metrics.text()).toContain('meridian_connections 0')
  const proxied = await fetch(`${host.url}/metrics`, { headers: { 'X-Forwarded-For': '8.8.8.8' } })
  expect(proxied.status).toBe(403)
})

test('the log names routes and never ids, names or tickets', async () => {
  const host = await start({ args: ['--log', 'debug'] })
  const { owner, document } = await shareDocument(host.url)
  await owner.call('GET', `/api/documents/${document}/rights`)
  await host.kill('SIGTERM')
  expect(host.output()).toContain('/api/documents/:document/rights')
  for (const secret of [document, owner.person, owner.key.x]) {
    expect(host.output()).not.toContain(secret)
  }
})

function statusOverTls(url: string, ca: string): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    request(url, { ca }, (response) => {
      response.resume()
      resolve(response.statusCode)
    })
      .on('error', reject)
      .end()
  })
}

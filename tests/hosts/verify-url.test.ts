// Looking at a deployment from outside: the real host passes, and each planted fault is found by its line.
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { verifyDeployment } from '../../sync-api/hosts/verify/deployment'
import { readDeploymentOptions } from '../../sync-api/hosts/verify/options'
import { paths } from '../../sync-api/protocol/http'
import { runTool, startHost, type TestHost } from '../host'
import { callApi } from '../wire/device'
import { doorFaults } from './door-faults'
import { openFront, type Fault } from './front'
import { innerFaults } from './inner-faults'

let host: TestHost
beforeAll(async () => {
  host = await startHost()
})
afterAll(() => host.stop())

type Seen = { readonly code: number; readonly lines: readonly string[] }

/** Looks as the command does, in this process. */
async function look(...args: readonly string[]): Promise<Seen> {
  const options = readDeploymentOptions(args)
  if (options === null) throw new Error('Asked for help')
  const lines: string[] = []
  const code = await verifyDeployment(options, (line) => lines.push(line))
  return { code, lines }
}

/** Looks through a front that does something on the way. */
async function lookThrough(fault: Fault, ...args: readonly string[]): Promise<Seen> {
  const front = await openFront(host.url, fault)
  try {
    const seen = await look(
      front.url,
      ...args.map((word) => (word === '<itself>' ? front.url : word))
    )
    // What is left open would keep the command from ending.
    await front.untilLeft()
    return seen
  } finally {
    await front.stop()
  }
}

/** So that what does not come is not waited for long. */
const narrow = ['--limit', '5', '--region-limit', '5', '--updates', '60', '--edits', '5']

const twoRegions = ['--regions', 'near,far']

const failedOf = ({ lines }: Seen): string[] => lines.filter((line) => line.startsWith('FAILED'))

test('the real host passes every check, and the command ends with 0', async () => {
  const { code, output } = await runTool('verify', [host.url])
  expect(output).not.toContain('FAILED')
  expect(output).toMatch(/^All \d+ checks passed \(\d+ s\)\.$/m)
  expect(output).toContain('No link stands.')
  expect(code).toBe(0)
})

describe.concurrent('a deployment that', () => {
  test('is a gateway of three regions, takes text alone, in no order, and refuses at the handshake passes too', async () => {
    const regions = ['us-east-1', 'eu-west-1', 'ap-southeast-1']
    let messages = 0
    const gateway: Fault = {
      textOnly: true,
      // Each is handled by itself, so that one overtakes another in either direction.
      lateMs: () => [40, 0, 15][messages++ % 3]!,
      async ticket(offered) {
        const { status } = await callApi(host.url, 'GET', paths.devices, undefined, offered)
        return status === 200 ? offered : null
      },
      told(message, region) {
        if (message.type !== 'welcome') return [message]
        return [{ ...message, binary: false, pushesInFlightMax: 1, region: region || regions[0]! }]
      }
    }
    const seen = await lookThrough(gateway, '--regions', regions.join(','), '--updates', '60')
    expect(failedOf(seen)).toEqual([])
    expect(seen.code).toBe(0)
    expect(seen.lines.join('\n')).toContain(
      'what is written in eu-west-1 is read in ap-southeast-1 ('
    )
  })

  test('learns late in each region of pushes to the other passes', async () => {
    const seen = await lookThrough(knowingLate(), '--only', 'durability', ...narrow, ...twoRegions)
    expect(failedOf(seen)).toEqual([])
  })

  test('does nothing wrong passes with the limits by which the faults are found', async () => {
    expect(failedOf(await lookThrough({}, ...narrow))).toEqual([])
  })

  test.each([...doorFaults, ...innerFaults])(
    '$what is found',
    async ({ area, fault, line, args = [] }) => {
      const seen = await lookThrough(fault(host.url), '--only', area, ...narrow, ...args)
      expect(seen.code).toBe(1)
      expect(failedOf(seen).join('\n')).toContain(line)
      expect(seen.lines.join('\n')).not.toMatch(/^ +at /m)
      expect(seen.lines.join('')).not.toMatch(/\p{Cc}/u)
    }
  )
})

test('a deployment that ends nothing by itself is found by those who wait', async () => {
  const [lifetimeMs, silenceMs, sweepMs] = [200, 100, 100]
  const endless: Fault = {
    async call(call, pass) {
      const reply = await pass(call)
      if (call.path !== paths.tickets) return reply
      const given = { ...JSON.parse(Buffer.from(reply.body).toString()), lifetimeMs }
      return { ...reply, body: Buffer.from(JSON.stringify(given)) }
    },
    told: (message) =>
      message.type === 'welcome' ? [{ ...message, ticketMs: lifetimeMs }] : [message]
  }
  const front = await openFront(host.url, endless)
  const options = readDeploymentOptions([front.url, '--only', 'patience', '--limit', '5'])!
  const lines: string[] = []
  const write = (line: string): void => void lines.push(line)
  expect(await verifyDeployment({ ...options, silenceMs, sweepMs }, write)).toBe(1)
  await front.stop()
  expect(lines.filter((line) => line.startsWith('FAILED')).toSorted()).toEqual([
    expect.stringContaining('a connection that says nothing is closed: the connection was not'),
    expect.stringContaining('a connection whose ticket ran out is closed: the connection was not'),
    expect.stringContaining('a ticket that ran out opens nothing: a socket was welcomed')
  ])
})

describe('an address', () => {
  test('where nothing listens is said to be that', async () => {
    const { code, output } = await runTool('verify', [`http://localhost:${await freePort()}`])
    expect([code, output]).toEqual([1, expect.stringContaining('nothing listens at localhost:')])
    expect(output).not.toContain('    at ')
  })

  test('of something else is said to be no Meridian', async () => {
    const other = createServer((_, answer) => {
      answer.setHeader('Content-Type', 'text/html')
      answer.end('<h1>Welcome to nginx!</h1>')
    })
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve))
    const { port } = other.address() as AddressInfo
    const seen = await look(`http://localhost:${port}`)
    other.closeAllConnections()
    await new Promise((resolve) => other.close(resolve))
    expect(seen.code).toBe(1)
    expect(failedOf(seen)).toEqual([expect.stringContaining('<h1>Welcome to nginx!</h1>')])
  })

  test.each([
    [['https://docs.example.com/d/x'], 'Name the address alone: https://docs.example.com'],
    [['docs.example.com'], 'by its whole address: https://docs.example.com'],
    [['wss://docs.example.com'], 'Name the address of the app, like https://'],
    [['https://docs.example.com', 'more'], '"more" is one too many'],
    [['https://docs.example.com', '--only', 'wires'], '--only is of reach, tickets'],
    [['https://docs.example.com', '--limit', '0'], '--limit is a number from 1 to'],
    [['https://docs.example.com', '--regions', 'a/b'], '"a/b" is no region'],
    [['https://docs.example.com', '--colour'], "'--colour'"]
  ])('%j is refused with a sentence', async (args, sentence) => {
    const { code, output } = await runTool('verify', args)
    expect([code, output]).toEqual([1, expect.stringContaining(sentence)])
    expect(output).not.toContain('    at ')
  })
})

describe('a certificate', () => {
  let secure: TestHost
  beforeAll(async () => {
    secure = await startHost({ args: ['--tls'] })
  })
  afterAll(() => secure.stop())

  test('that is not trusted here is said to be that, and what to do', async () => {
    const { code, output } = await runTool('verify', [secure.url])
    expect([code, output]).toEqual([1, expect.stringContaining('is not trusted here')])
    expect(output).toContain('NODE_EXTRA_CA_CERTS')
  })

  test('of the own machine passes when it is named', async () => {
    const trusted = { NODE_EXTRA_CA_CERTS: join(secure.data, 'certificate.pem') }
    const args = [secure.url, '--only', 'reach,tickets']
    const { code, output } = await runTool('verify', args, trusted)
    expect([code, output]).toEqual([0, expect.stringMatching(/TLSv1.3, good for \d+ days/)])
  })
})

/** Regions that know of an outbox only what was said to them, until it is said again. */
function knowingLate(): Fault {
  const known = new Map<string, number>()
  return {
    said(message, answer, region) {
      if (message.type !== 'push') return message
      const { document, channel, outbox, n } = message
      const have = known.get(region + outbox) ?? 0
      if (n > have + 1) answer({ type: 'gap', document, channel, outbox, have })
      else known.set(region + outbox, Math.max(have, n))
      return n > have + 1 ? null : message
    }
  }
}

/** A port where nothing listens. */
async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  await new Promise((resolve) => server.close(resolve))
  return port
}

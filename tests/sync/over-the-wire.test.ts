// The network side against the real host: over the socket, and over HTTP as the service worker does.
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { startHost, type TestHost } from '../host'
import { newLink, newSecret } from '../wire/device'
import { claim, createWiredDevice, type WiredDevice } from './wired-device'

let host: TestHost
beforeAll(async () => {
  host = await startHost()
})
afterAll(() => host.stop())

const running: WiredDevice[] = []
afterEach(() => {
  for (const { exchange } of running.splice(0)) exchange.stop()
})

async function start(device: WiredDevice): Promise<void> {
  running.push(device)
  await device.exchange.start()
}

/** A document of a new owner, and a guest who has the role. */
async function share(role: 'viewer' | 'editor') {
  const owner = await createWiredDevice(host.url)
  const guest = await createWiredDevice(host.url)
  const document = owner.make('shared')
  await owner.write(document, 'Owner. ')
  await owner.httpSync.sync(document)
  await claim(owner.device, guest.device, document, role, {
    link: newLink(),
    ...(await newSecret())
  })
  guest.add(document)
  return { owner, guest, document }
}

describe('over HTTP', () => {
  test('a document made and written offline is created, sent and settled', async () => {
    const { owner, guest, document } = await share('editor')
    const ref = { document, channel: 'content' } as const
    expect(await owner.store.state(ref)).toMatchObject({ outboxRows: 0, sealedBatches: 0 })
    await guest.httpSync.sync(document)
    expect(await guest.title(document)).toBe('Owner. ')
  })

  test('an update too large for a socket goes through, and much of it in several calls', async () => {
    const { owner, guest, document } = await share('editor')
    for (const letter of ['a', 'b', 'c']) await owner.write(document, letter.repeat(2_000_000))
    await owner.httpSync.sync(document)
    await guest.httpSync.sync(document)
    expect((await guest.title(document)).length).toBe(6_000_007)
  })

  test('[NU8] what a viewer wrote is set aside, and the document is read anew', async () => {
    const { guest, document } = await share('viewer')
    await guest.write(document, 'Not mine. ')
    await guest.httpSync.sync(document)
    expect(guest.store.copies.size).toBe(1)
    expect(await guest.title(document)).toBe('Owner. ')
    expect(await guest.store.pending()).toEqual([])
  })

  test('a relay that cannot be reached is an Error, and nothing is lost', async () => {
    const device = await createWiredDevice(host.url)
    const document = device.make('kept')
    await device.write(document, 'Kept. ')
    await host.kill('SIGTERM')
    await expect(device.httpSync.sync(document)).rejects.toBeInstanceOf(Error)
    await host.restart()
    await device.httpSync.sync(document)
    expect(await device.store.pending()).toEqual([])
  })
})

describe('over the socket', () => {
  test('what one writes another has, in a document that is on screen and in one that is not', async () => {
    const { owner, guest, document } = await share('editor')
    await start(owner)
    await start(guest)
    guest.show(document)
    await guest.noticed((notice) => notice.kind === 'caught-up' && notice.document === document)
    expect(await guest.title(document)).toBe('Owner. ')
    const received = (device: WiredDevice, since: number) =>
      device.noticed(
        (notice) => notice.kind === 'received' && device.notices.indexOf(notice) >= since
      )
    const before = owner.notices.length
    await guest.write(document, 'Guest. ')
    await received(owner, before)
    expect(await owner.title(document)).toContain('Guest. ')
    await guest.noticed(({ kind }) => kind === 'settled')
  })

  test('an update too large for the socket goes by HTTP, and those behind it keep their turn', async () => {
    const { owner, guest, document } = await share('editor')
    await start(owner)
    await start(guest)
    owner.show(document)
    await owner.noticed((notice) => notice.kind === 'caught-up' && notice.document === document)
    await owner.write(document, 'x'.repeat(400_000))
    await owner.write(document, 'Small. ')
    const whole = 'Owner. '.length + 'Small. '.length + 400_000
    await expect
      .poll(async () => (await guest.title(document)).length, { timeout: 60_000 })
      .toBe(whole)
    await expect.poll(() => owner.store.pending(), { timeout: 60_000 }).toEqual([])
  })

  test('a document made while connected is created by its nonce', async () => {
    const owner = await createWiredDevice(host.url)
    await start(owner)
    await owner.noticed((notice) => notice.kind === 'connection' && notice.state.kind === 'online')
    const document = owner.make('later')
    await owner.write(document, 'Later. ')
    await owner.noticed((notice) => notice.kind === 'settled' && notice.ref.document === document)
    expect(owner.store.copies.size).toBe(0)
  })

  test('a relay that restarts is met again, and what was written meanwhile arrives', async () => {
    const { owner, guest, document } = await share('editor')
    await start(owner)
    owner.show(document)
    await owner.noticed((notice) => notice.kind === 'caught-up' && notice.document === document)
    await host.kill('SIGKILL')
    await owner.write(document, 'Meanwhile. ')
    await host.restart()
    await expect.poll(() => owner.store.pending(), { timeout: 60_000 }).toEqual([])
    await guest.httpSync.sync(document)
    expect(await guest.title(document)).toContain('Meanwhile. ')
  })
})

// A relay that was restored from a backup: what it lost and devices still hold comes back by itself.
import { cp, mkdtemp, rename, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { DocumentId } from '../../sync-api/protocol/ids'
import { runTool, startHost, type TestHost } from '../host'
import { newLink, newSecret } from '../wire/device'
import { claim, createWiredDevice, type WiredDevice } from './wired-device'

let base: string
let host: TestHost
let owner: WiredDevice
let document: DocumentId
beforeEach(async () => {
  base = await mkdtemp(join(tmpdir(), 'meridian-restored-'))
  host = await startHost({ data: join(base, 'data') })
  owner = await createWiredDevice(host.url)
  document = owner.make('shared')
  await owner.write(document, 'One. ')
  await owner.httpSync.sync(document)
})
afterEach(async () => {
  await host.stop()
  await rm(base, { recursive: true, force: true })
})

async function joinAs(role: 'viewer' | 'editor'): Promise<WiredDevice> {
  const guest = await createWiredDevice(host.url)
  const made = { link: newLink(), ...(await newSecret()) }
  await claim(owner.device, guest.device, document, role, made)
  await guest.httpSync.sync(document)
  return guest
}

/** What happens between is acknowledged, and then gone with a folder that was put back by hand. */
async function putBackAfter(happens: () => Promise<void>): Promise<void> {
  await host.kill('SIGTERM')
  await cp(host.data, join(base, 'kept'), { recursive: true })
  await host.restart()
  await happens()
  await host.kill('SIGTERM')
  await rename(host.data, join(base, 'lost'))
  await rename(join(base, 'kept'), host.data)
  await host.restart()
}

/** Over a socket, until nothing of the device waits any more. */
async function syncOver(device: WiredDevice): Promise<void> {
  device.add(document)
  await device.exchange.start()
  for (let seen = 0; (await device.store.pending()).length > 0; seen = device.notices.length) {
    await device.noticed(
      (notice) => notice.kind === 'settled' && device.notices.indexOf(notice) >= seen
    )
  }
  device.exchange.stop()
}

/** How many writers each push of the device named; one that gives back names none. */
const writersPushed = (device: WiredDevice): number[] =>
  device.said.flatMap((message) => (message.type === 'push' ? [message.writers.length] : []))

/** How many of the pushes gave an entry of somebody else back as it was. */
const vouchersPushed = (device: WiredDevice): number =>
  device.said.filter((message) => message.type === 'push' && message.voucher !== undefined).length

/** Everybody, and who comes late, has the same title, with each of these in it once. */
async function expectOnce(devices: readonly WiredDevice[], texts: readonly string[]) {
  for (const device of devices) await device.httpSync.sync(document)
  const late = await joinAs('viewer')
  const title = await late.title(document)
  for (const text of texts) expect(title.split(text)).toHaveLength(2)
  expect(title).toHaveLength(texts.join('').length)
  for (const device of devices) {
    expect(await device.title(document)).toBe(title)
    expect(await device.store.pending()).toEqual([])
    expect(device.store.copies.size).toBe(0)
  }
  const { code, output } = await runTool('verify', [host.data])
  expect([code, output]).toEqual([0, expect.stringContaining('0 damages, 0 notes')])
}

/** What the owner writes between the two is acknowledged, and then the relay has lost it. */
async function loseWhat(happens: () => Promise<void>): Promise<void> {
  const backup = join(base, 'backup')
  expect((await runTool('backup', ['--data', host.data, backup])).code).toBe(0)
  await happens()
  await host.kill('SIGTERM')
  await rename(host.data, join(base, 'lost'))
  expect((await runTool('restore', ['--data', host.data, backup])).code).toBe(0)
  await host.restart()
}

test('[CU7] a device gives back what was acknowledged and lost, also without writing anything', async () => {
  await loseWhat(async () => {
    await owner.write(document, 'Two. ')
    await owner.httpSync.sync(document)
    expect(await owner.store.pending()).toEqual([])
  })
  await owner.httpSync.sync(document)
  expect(await owner.store.pending()).toEqual([])
  const late = await joinAs('viewer')
  expect(await late.title(document)).toBe(await owner.title(document))
  expect(await late.title(document)).toContain('Two. ')
})

test('another device gives it back when its author is gone, and who comes back writes on', async () => {
  const guest = await joinAs('editor')
  await loseWhat(async () => {
    await owner.write(document, 'Two. ')
    await owner.httpSync.sync(document)
    await guest.write(document, 'Three. ')
    await guest.httpSync.sync(document)
  })
  await guest.httpSync.sync(document)
  await owner.write(document, 'Four. ')
  await owner.httpSync.sync(document)
  await guest.httpSync.sync(document)
  const late = await joinAs('viewer')
  const title = await late.title(document)
  for (const text of ['One. ', 'Two. ', 'Three. ', 'Four. '])
    expect(title.split(text)).toHaveLength(2)
  expect([await owner.title(document), await guest.title(document)]).toEqual([title, title])
  expect([await owner.store.pending(), await guest.store.pending()]).toEqual([[], []])
  const { code, output } = await runTool('verify', [host.data])
  expect([code, output]).toEqual([0, expect.stringContaining('0 damages, 0 notes')])
})

test('over a socket too, and what others wrote since the restore is not missed', async () => {
  const guest = await joinAs('editor')
  await loseWhat(async () => {
    await guest.write(document, 'Two. ')
    await guest.httpSync.sync(document)
  })
  await owner.write(document, 'Three. ')
  await owner.httpSync.sync(document)
  await guest.write(document, 'Four. ')
  await syncOver(guest)
  await owner.httpSync.sync(document)
  const title = await owner.title(document)
  for (const text of ['One. ', 'Two. ', 'Three. ', 'Four. ']) expect(title).toContain(text)
  expect(await guest.title(document)).toBe(title)
})

test('a viewer gives nothing back and loses nothing', async () => {
  const viewer = await joinAs('viewer')
  await loseWhat(async () => {
    await owner.write(document, 'Two. ')
    await owner.httpSync.sync(document)
    await viewer.httpSync.sync(document)
  })
  await viewer.httpSync.sync(document)
  expect(await viewer.title(document)).toContain('Two. ')
  expect(viewer.store.copies.size).toBe(0)
  await owner.httpSync.sync(document)
  await viewer.httpSync.sync(document)
  expect(await viewer.title(document)).toBe(await owner.title(document))
})

test('[NU10] what builds on a lost entry goes once its device has given that back', async () => {
  const guest = await joinAs('editor')
  await loseWhat(async () => {
    await owner.append(document, 'Two. ')
    await owner.httpSync.sync(document)
    await guest.httpSync.sync(document)
  })
  await guest.append(document, 'Three. ')
  // Sealed before: it goes with the first pull, before the relay has said that it was restored.
  await guest.store.seal({ document, channel: 'content' })
  await syncOver(guest)
  expect(guest.heard.map(({ type }) => type)).toEqual(
    expect.arrayContaining(['unknown', 'resync', 'ack'])
  )
  expect(vouchersPushed(guest)).toBe(1)
  // The lost entry as it was, and the rest of what the log lacks.
  expect(writersPushed(guest)).toEqual([1, 0, 0, 1])
  await expectOnce([owner, guest], ['One. ', 'Two. ', 'Three. '])
})

test('[NU10] it is the only sign of a folder put back by hand, where cursors mean other entries', async () => {
  const guest = await joinAs('editor')
  const other = await joinAs('editor')
  await putBackAfter(async () => {
    await owner.append(document, 'Two. ')
    await owner.httpSync.sync(document)
    await guest.httpSync.sync(document)
  })
  await other.append(document, 'Other. ')
  await other.httpSync.sync(document)
  await guest.append(document, 'Three. ')
  await syncOver(guest)
  const types = guest.heard.map(({ type }) => type)
  expect(types).toContain('unknown')
  expect(types).not.toContain('resync')
  // The lost entry as it was, and the rest of what the log lacks.
  expect(writersPushed(guest)).toEqual([1, 0, 0, 1])
  await owner.append(document, 'Four. ')
  await expectOnce([owner, other, guest], ['One. ', 'Two. ', 'Other. ', 'Three. ', 'Four. '])
})

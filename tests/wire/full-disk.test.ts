// A disk that is full, and rows that rotted: what the real host still does, and what it says.
import { execFileSync } from 'node:child_process'
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import * as Y from 'yjs'
import type { ServerMessage } from '../../sync-api/protocol/messages'
import { runHost, runTool, startHost, type TestHost } from '../host'
import { beginning, pushOf, shareDocument, subscribeTo } from './bed'
import { connect } from './client'
import { newDocument, newOutbox } from './device'
import { pullAll } from './pulling'

/** Room of the small disk, megabytes: what the host leaves free, and a few more. */
const diskMb = 24

let base: string
let host: TestHost | null = null
beforeEach(async () => {
  base = await mkdtemp(join(tmpdir(), 'meridian-disk-'))
})
afterEach(async () => {
  await host?.stop()
  host = null
  unmount(join(base, 'disk'))
  await rm(base, { recursive: true, force: true })
})

/** Null where this process may not mount; then there is no small disk to try it on. */
async function mountSmallDisk(): Promise<string | null> {
  const path = join(base, 'disk')
  await mkdir(path)
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${diskMb}m`, 'tmpfs', path], {
      stdio: 'ignore'
    })
    return path
  } catch {
    // Only root may, and not in every container.
    return null
  }
}

function unmount(path: string): void {
  try {
    execFileSync('umount', [path], { stdio: 'ignore' })
  } catch {
    // It was not mounted.
    return
  }
}

async function health(url: string): Promise<{ status: number; body: Record<string, string> }> {
  const response = await fetch(`${url}/healthz`)
  return { status: response.status, body: (await response.json()) as Record<string, string> }
}

describe('a full disk', () => {
  test('refuses writes with a reason, serves reads, loses nothing acknowledged, and goes on with room', async (context) => {
    const disk = await mountSmallDisk()
    if (disk === null) return context.skip('mounting a small disk needs root')
    host = await startHost({ data: join(disk, 'data') })
    const shared = await shareDocument(host.url)
    const client = await connect(host.url, await shared.owner.ticket(), { coat: 'binary' })
    client.say(subscribeTo(shared.document))
    await client.hear('subscribed')
    const outbox = newOutbox()
    const text = 'a long paste '.repeat(8_000)
    let acked = 0
    let answer: ServerMessage
    do {
      client.say(pushOf(shared.content, outbox, acked + 1, text))
      answer = await client.next()
      if (answer.type === 'ack') acked += 1
    } while (answer.type === 'ack')
    expect(answer).toMatchObject({ type: 'error', code: 'storage-failed', about: shared.content })
    expect(acked).toBeGreaterThan(3)

    const { status, body } = await health(host.url)
    expect([status, body['status']]).toEqual([503, 'read-only'])
    expect(body['reason']).toContain('The disk of the data folder is full')
    const metrics = await (await fetch(`${host.url}/metrics`)).text()
    expect(metrics).toMatch(/^meridian_storage_failures [1-9]/m)
    expect(metrics).toMatch(/^meridian_disk_free_bytes \d+/m)
    expect(host.output()).toContain('The disk of the data folder is full')
    client.say({ type: 'pull', ...shared.content, cursor: beginning })
    expect((await client.hear('catch-up')).from).toEqual(beginning)
    await client.close()

    await host.kill('SIGKILL')
    await host.restart()
    const doc = new Y.Doc()
    for (const { update } of (await pullAll(shared)).entries) Y.applyUpdate(doc, update)
    expect(doc.getText('title').length).toBe(acked * text.length)
    expect((await runTool('verify', [host.data])).code).toBe(0)

    execFileSync('mount', ['-o', `remount,size=${diskMb * 2}m`, disk])
    const [, again] = await shared.owner.bulk(
      subscribeTo(shared.document),
      pushOf(shared.content, outbox, acked + 1)
    )
    expect(again).toMatchObject({ type: 'ack', n: acked + 1 })
    expect((await health(host.url)).body).toEqual({ status: 'ok' })
  })

  test('takes writes again without a restart', async (context) => {
    const disk = await mountSmallDisk()
    if (disk === null) return context.skip('mounting a small disk needs root')
    host = await startHost({ data: join(disk, 'data') })
    const shared = await shareDocument(host.url)
    const outbox = newOutbox()
    const client = await connect(host.url, await shared.owner.ticket())
    client.say(subscribeTo(shared.document))
    await client.hear('subscribed')
    await writeFile(join(disk, 'ballast'), new Uint8Array(12 * 1024 * 1024))
    client.say(pushOf(shared.content, outbox, 1))
    expect(await client.next()).toMatchObject({ type: 'error', code: 'storage-failed' })
    await rm(join(disk, 'ballast'))
    client.say(pushOf(shared.content, outbox, 1))
    expect(await client.next()).toMatchObject({ type: 'ack', n: 1 })
    await client.close()
    expect(host.output()).toContain('there is room again')
  })

  test('is said by backup, which leaves nothing behind', async (context) => {
    const disk = await mountSmallDisk()
    if (disk === null) return context.skip('mounting a small disk needs root')
    host = await startHost({ data: join(base, 'data') })
    const shared = await shareDocument(host.url)
    await shared.owner.bulk(
      subscribeTo(shared.document),
      pushOf(shared.content, newOutbox(), 1, 'a long paste '.repeat(8_000))
    )
    await writeFile(join(disk, 'ballast'), new Uint8Array((diskMb * 1024 - 64) * 1024))
    const { code, output } = await runTool('backup', ['--data', host.data, join(disk, 'backup')])
    expect([code, output]).toEqual([1, expect.stringContaining('There is no room for')])
    expect(execFileSync('ls', [disk], { encoding: 'utf8' })).toBe('ballast\n')
  })

  test('that is read-only is refused at the start with a sentence', async (context) => {
    const disk = await mountSmallDisk()
    if (disk === null) return context.skip('mounting a small disk needs root')
    host = await startHost({ data: join(disk, 'data') })
    await shareDocument(host.url)
    await host.kill('SIGTERM')
    execFileSync('mount', ['-o', 'remount,ro', disk])
    const { code, output } = await runHost(['--data', host.data, '--port', '0'])
    expect([code, output]).toEqual([1, expect.stringContaining('lies on a disk that is read-only')])
    const verified = await runTool('verify', [host.data])
    expect([verified.code, verified.output]).toEqual([0, expect.stringContaining('2 documents')])
  })
})

test('a row that rotted keeps its own document away, is named in the journal, and no other suffers', async () => {
  host = await startHost({ data: join(base, 'data') })
  const shared = await shareDocument(host.url)
  const other = newDocument(shared.owner.person)
  await shared.owner.bulk(
    subscribeTo(shared.document),
    pushOf(shared.content, newOutbox(), 1, 'a row that rots')
  )
  await host.kill('SIGTERM')
  const file = join(host.data, 'log.mdb')
  const bytes = await readFile(file)
  const at = bytes.indexOf('a row that rots')
  bytes[at] = bytes[at]! ^ 1
  await writeFile(file, bytes)
  await host.restart()
  const client = await connect(host.url, await shared.owner.ticket())
  const [damaged] = subscribeTo(shared.document).items
  const [fine] = subscribeTo(other.document, 'content', other.nonce).items
  client.say({ type: 'subscribe', items: [damaged!, fine!] })
  expect(await client.next()).toMatchObject({ code: 'storage-failed', about: shared.content })
  const { items } = await client.hear('subscribed')
  expect(items).toMatchObject([{ document: other.document, role: 'owner' }])
  const content = { document: other.document, channel: 'content' } as const
  client.say(pushOf(content, newOutbox(), 1, 'one', shared.owner.person))
  expect(await client.hear('ack')).toMatchObject({ document: other.document, n: 1 })
  await client.close()
  expect(host.output()).toContain(`${shared.document}/content`)
})

// Backing up, restoring and verifying the data folder of the real host.
import { cp, mkdir, mkdtemp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import * as Y from 'yjs'
import { paths } from '../../sync-api/protocol/http'
import type { OutboxId } from '../../sync-api/protocol/ids'
import { openLmdbLog } from '../../sync-api/adapters/node/lmdb-log'
import { endlessDisk } from '../contracts/endless-disk'
import { runHost, runTool, startHost, type TestHost } from '../host'
import { beginning, pushOf, shareDocument, subscribeTo, type SharedDocument } from './bed'
import { connect } from './client'
import { callApi, createDevice, newOutbox, newSecret } from './device'
import { pullAll } from './pulling'

let base: string
let host: TestHost
let shared: SharedDocument
beforeEach(async () => {
  base = await mkdtemp(join(tmpdir(), 'meridian-backup-'))
  host = await startHost({ data: join(base, 'data') })
  shared = await shareDocument(host.url)
})
afterEach(async () => {
  await host.stop()
  await rm(base, { recursive: true, force: true })
})

const at = (name: string): string => join(base, name)

/** Pushes numbers `from` to `to` of an outbox, all acknowledged. */
async function push(outbox: OutboxId, from: number, to: number): Promise<void> {
  const numbers = Array.from({ length: to - from + 1 }, (_, index) => from + index)
  const pushes = numbers.map((n) => pushOf(shared.content, outbox, n))
  const answers = await shared.owner.bulk(subscribeTo(shared.document), ...pushes)
  expect(answers.filter(({ type }) => type === 'ack')).toHaveLength(numbers.length)
}

async function backUp(name: string): Promise<string> {
  const { code, output } = await runTool('backup', ['--data', host.data, at(name)])
  expect([code, output]).toEqual([0, expect.stringContaining(`Backed up ${host.data}`)])
  return at(name)
}

/** Stops the host, puts its folder away, restores the backup in its place and starts the host. */
async function restoreInPlace(backup: string): Promise<void> {
  await host.kill('SIGTERM')
  await rename(host.data, at('before'))
  const { code, output } = await runTool('restore', ['--data', host.data, backup])
  expect([code, output]).toEqual([0, expect.stringContaining('Restored')])
  await host.restart()
}

/** Flips one bit behind the first place where `text` stands in a file. */
async function damage(file: string, text: string): Promise<void> {
  const bytes = await readFile(file)
  const found = bytes.indexOf(text)
  expect(found).toBeGreaterThan(0)
  bytes[found] = bytes[found]! ^ 1
  await writeFile(file, bytes)
}

const numbersOf = (entries: readonly { outbox: OutboxId; n: number }[], outbox: OutboxId) =>
  entries.filter((entry) => entry.outbox === outbox).map(({ n }) => n)

describe('a backup', () => {
  test('that is taken while people write has all that was acknowledged before it, and no gap', async () => {
    const client = await connect(host.url, await shared.owner.ticket(), { coat: 'binary' })
    client.say(subscribeTo(shared.document))
    await client.hear('subscribed')
    const outbox = newOutbox()
    let n = 0
    let acked = 0
    let taken = false
    for (; n < 16;) client.say(pushOf(shared.content, outbox, ++n))
    let backup = Promise.resolve('')
    let ackedBefore = 0
    while (!taken) {
      acked = (await client.hear('ack')).n
      client.say(pushOf(shared.content, outbox, ++n))
      if (acked !== 100) continue
      ackedBefore = acked
      backup = backUp('backup').finally(() => (taken = true))
    }
    await client.close()
    await restoreInPlace(await backup)
    const numbers = numbersOf((await pullAll(shared)).entries, outbox)
    expect(numbers.length).toBeGreaterThanOrEqual(ackedBefore)
    expect(numbers).toEqual(numbers.map((_, index) => index + 1))
  })

  test('is found whole by verify, as the running folder is', async () => {
    await push(newOutbox(), 1, 3)
    for (const folder of [await backUp('backup'), host.data]) {
      const { code, output } = await runTool('verify', [folder])
      expect([code, output]).toEqual([0, expect.stringContaining('0 damages, 0 notes')])
      // The owner's library and the document, each created; a device; three pushes.
      expect(output).toContain('2 documents, 0 checkpoints, 6 entries')
    }
  })

  test('keeps tickets, rights and recovery keys', async () => {
    const { hash, secret } = await newSecret()
    await shared.owner.call('PUT', paths.recovery, { hash })
    const ticket = await shared.owner.ticket()
    await restoreInPlace(await backUp('backup'))
    const client = await connect(host.url, ticket)
    client.say(subscribeTo(shared.document))
    expect((await client.hear('subscribed')).items[0]?.role).toBe('owner')
    await client.close()
    const other = await createDevice(host.url, shared.owner.person)
    const back = { secret, key: other.key, name: '' }
    const answer = await callApi(host.url, 'POST', paths.recover, back)
    expect(answer.status).toBe(200)
  })

  test('replaces nothing', async () => {
    await mkdir(at('there'))
    const { code, output } = await runTool('backup', ['--data', host.data, at('there')])
    expect([code, output]).toEqual([1, expect.stringContaining('exists already. Name a folder')])
    expect(await readdir(at('there'))).toEqual([])
  })

  test.each([
    ['a folder that is not a data folder', (folder: string) => mkdir(folder)],
    ['a folder that is not there', () => Promise.resolve(undefined)]
  ])('of %s is refused with a sentence', async (_, make) => {
    await make(at('other'))
    const { code, output } = await runTool('backup', ['--data', at('other'), at('backup')])
    expect([code, output]).toEqual([1, expect.stringContaining('is not a data folder of Meridian')])
    expect(await readdir(base)).not.toContain('backup')
  })

  test('of a newer format is refused with a sentence, by backup, verify and restore', async () => {
    const backup = await backUp('backup')
    await writeFile(join(backup, 'format'), '99\n')
    for (const [tool, args] of [
      ['backup', ['--data', backup, at('again')]],
      ['verify', [backup]],
      ['restore', ['--data', at('new'), backup]]
    ] as const) {
      const { code, output } = await runTool(tool, args)
      expect([code, output]).toEqual([
        1,
        expect.stringContaining('Start the release that wrote it')
      ])
    }
    expect(await readdir(base)).not.toContain('new')
  })
})

describe('a restore', () => {
  test('refuses a folder in use and one that holds something, and says so', async () => {
    const backup = await backUp('backup')
    await mkdir(at('full'))
    await writeFile(join(at('full'), 'letter'), 'mine')
    for (const folder of [host.data, at('full')]) {
      const { code, output } = await runTool('restore', ['--data', folder, backup])
      expect([code, output]).toEqual([1, expect.stringContaining('is not empty')])
    }
    expect(await readdir(at('full'))).toEqual(['letter'])
  })

  test('that was cut short is a folder no host opens, and may be done again', async () => {
    const backup = await backUp('backup')
    await cp(backup, at('half'), { recursive: true })
    await rm(join(at('half'), 'directory.mdb'))
    await writeFile(join(at('half'), 'format'), 'unfinished\n')
    const refused = await runHost(['--data', at('half'), '--port', '0'])
    expect([refused.code, refused.output]).toEqual([1, expect.stringContaining('was cut short')])
    const again = await runTool('restore', ['--data', at('half'), backup])
    expect([again.code, again.output]).toEqual([0, expect.stringContaining('Restored 2 documents')])
    expect((await runTool('verify', [at('half')])).code).toBe(0)
  })

  test('of a damaged backup is refused before anything is written, unless damage is accepted', async () => {
    await push(newOutbox(), 1, 1)
    const outbox = newOutbox()
    await shared.owner.bulk(
      subscribeTo(shared.document),
      pushOf(shared.content, outbox, 1, 'a row that rots')
    )
    const backup = await backUp('backup')
    await damage(join(backup, 'log.mdb'), 'a row that rots')
    const refused = await runTool('restore', ['--data', at('new'), backup])
    expect([refused.code, refused.output]).toEqual([
      1,
      expect.stringContaining('is damaged, so nothing')
    ])
    expect(refused.output).toContain(`entry 2 of ${shared.document}/content`)
    expect(await readdir(base)).not.toContain('new')
    const taken = await runTool('restore', ['--accept-damage', '--data', at('new'), backup])
    expect([taken.code, taken.output]).toEqual([0, expect.stringContaining('Restored')])
  })

  test('gives a client whose cursor is of the lost future everything, also what was written since', async () => {
    const outbox = newOutbox()
    await push(outbox, 1, 3)
    const backup = await backUp('backup')
    await push(outbox, 4, 6)
    const { cursor } = await pullAll(shared)
    await restoreInPlace(backup)
    // As many entries as were lost: the numbers of the log are the same again.
    const another = newOutbox()
    await push(another, 1, 3)
    const [answer] = await shared.owner.bulk({ type: 'pull', ...shared.content, cursor })
    expect(answer).toEqual({ type: 'resync', ...shared.content })
    const { entries } = await pullAll(shared, beginning)
    expect(numbersOf(entries, outbox)).toEqual([1, 2, 3])
    expect(numbersOf(entries, another)).toEqual([1, 2, 3])
  })

  test('keeps the epoch and the numbers of outboxes, and answers a gap where pushes were lost', async () => {
    const outbox = newOutbox()
    await push(outbox, 1, 3)
    const backup = await backUp('backup')
    await push(outbox, 4, 6)
    await restoreInPlace(backup)
    const [subscribed, gap] = await shared.owner.bulk(
      subscribeTo(shared.document),
      pushOf(shared.content, outbox, 7)
    )
    expect(subscribed).toMatchObject({ items: [{ epoch: 0, stale: true }] })
    expect(gap).toEqual({ type: 'gap', ...shared.content, outbox, have: 3 })
    await push(outbox, 4, 7)
    expect(numbersOf((await pullAll(shared)).entries, outbox)).toEqual([1, 2, 3, 4, 5, 6, 7])
  })
})

describe('verify', () => {
  test('finds a bit that flipped, names the row and what to do, and ends with 1', async () => {
    await shared.owner.bulk(
      subscribeTo(shared.document),
      pushOf(shared.content, newOutbox(), 1, 'a row that rots')
    )
    await host.kill('SIGTERM')
    await damage(join(host.data, 'log.mdb'), 'a row that rots')
    const { code, output } = await runTool('verify', [host.data])
    expect(code).toBe(1)
    expect(output).toContain(`damage: The log is damaged at entry 1 of ${shared.document}/content.`)
    expect(output).toContain('Restore')
    expect(output).toContain('1 damages, 0 notes')
  })

  test('says that an edit waits for another, which is no damage', async () => {
    const doc = new Y.Doc()
    const updates: Uint8Array[] = []
    doc.on('update', (update: Uint8Array) => updates.push(update))
    doc.getText('title').insert(0, 'first')
    doc.getText('title').insert(5, 'second')
    // The relay takes no such thing; a release before it looked did.
    await host.kill('SIGTERM')
    const log = await openLmdbLog(join(host.data, 'log.mdb'), endlessDisk)
    const { person } = shared.owner
    const rest = { outbox: newOutbox(), n: 1, person, clients: [doc.clientID], at: 1 }
    await log.append(shared.content, [{ ...rest, update: updates[1]! }])
    await log.close()
    const { code, output } = await runTool('verify', [host.data])
    expect([code, output]).toEqual([0, expect.stringContaining('0 damages, 1 notes')])
    expect(output).toContain(`note: ${shared.document}/content holds edits that build on others`)
  })
})

test('a command whose process is ended by a damaged page says so', async () => {
  const crash = at('crash.cjs')
  await writeFile(crash, "if (process.env.MERIDIAN_WATCHED) process.kill(process.pid, 'SIGSEGV')")
  const { code, output } = await runTool('verify', [host.data], {
    NODE_OPTIONS: `--require ${crash}`
  })
  expect([code, output]).toEqual([1, expect.stringContaining('reading them ended the process')])
})

test.each(['backup', 'restore', 'verify', 'export'])(
  '%s explains itself, and refuses what it does not know with a sentence',
  async (tool) => {
    const help = await runTool(tool, ['--help'])
    expect([help.code, help.output]).toEqual([0, expect.stringContaining(`dist/host/${tool}.js`)])
    const unknown = await runTool(tool, ['--colour'])
    expect([unknown.code, unknown.output]).toEqual([1, expect.stringContaining("'--colour'")])
    expect(unknown.output).not.toContain('    at ')
  }
)

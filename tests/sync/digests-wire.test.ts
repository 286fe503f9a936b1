// A copy that differs from its log is found out and mended, at a real relay.
import 'fake-indexeddb/auto'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { openReplica } from '../../app/replica/open-replica'
import type { Replica } from '../../app/replica/replica'
import { openDatabase, type MeridianDatabase } from '../../app/store/database'
import { openDigestStore } from '../../app/store/digest-store'
import { openReplicaStore } from '../../app/store/replica-store'
import { openSyncStore } from '../../app/store/sync-store'
import { betweenMs, restMs } from '../../app/sync/digests'
import type { DocumentId, TabId } from '../../sync-api/protocol/ids'
import { startHost, type TestHost } from '../host'
import { newLink, newSecret } from '../wire/device'
import { createVirtualClock } from './virtual-clock'
import { claim, createWiredDevice, random, type WiredDevice } from './wired-device'

/** As long as any of a few documents waits that have come to rest. */
const restedMs = restMs + 5 * betweenMs

describe('at a real relay', () => {
  let host: TestHost
  beforeAll(async () => {
    host = await startHost()
  })
  afterAll(() => host.stop())

  const stops: (() => unknown)[] = []
  afterEach(async () => {
    for (const stop of stops.splice(0).reverse()) await stop()
  })

  test('[DI5] a row that is gone from a store comes back, into the document on screen too', async () => {
    const { owner, shared } = await share()
    const guest = await join(owner, shared)
    await guest.device.httpSync.sync(shared)
    await owner.write(shared, 'Two. ')
    await owner.httpSync.sync(shared)
    await guest.device.httpSync.sync(shared)
    // Its neighbours are sound, and so is what the store says of itself.
    const { row } = (await guest.database.updates.toCollection().last())!
    await guest.database.updates.delete(row)
    expect(await guest.device.store.pending()).toEqual([])

    const replica = await guest.open(shared)
    expect(titleOf(replica)).toBe('One. ')
    await guest.sync(shared)
    await guest.restUntil(guest.isDoubted)
    await guest.caughtUpAgain(shared)
    expect(titleOf(replica)).toMatch(/^(One. Two. |Two. One. )$/)
    expect(await guest.device.title(shared)).toBe(titleOf(replica))
    expect(guest.troubles).toHaveLength(1)
    expect(await counted(host, 'digests_differ')).toBe(1)
    // And now it is what the log holds.
    await guest.restUntil(async () => (await counted(host, 'digests')) > 1)
    expect(await counted(host, 'digests_differ')).toBe(1)
  })

  test('[DI5] a row of its own that never reached the outbox is sent', async () => {
    const { owner, shared } = await share()
    const guest = await join(owner, shared)
    await guest.device.httpSync.sync(shared)
    await guest.device.write(shared, 'Mine. ')
    await guest.database.outbox.clear()
    await guest.sync(shared)
    await guest.restUntil(guest.isDoubted)
    await expect
      .poll(async () => {
        await owner.httpSync.sync(shared)
        return await owner.title(shared)
      })
      .toContain('Mine. ')
  })

  /** A document of a new owner with something in it. */
  async function share(): Promise<{ owner: WiredDevice; shared: DocumentId }> {
    const owner = await createWiredDevice(host.url)
    const shared = owner.make('shared')
    await owner.write(shared, 'One. ')
    await owner.httpSync.sync(shared)
    return { owner, shared }
  }

  /** An editor whose store is the browser's, and whose waiting a test holds in its hands. */
  async function join(owner: WiredDevice, shared: DocumentId) {
    const clock = createVirtualClock()
    const database: MeridianDatabase = openDatabase(() => undefined, `digests-${shared}`)
    const sync = openSyncStore(database, { random, now: Date.now })
    const rows = { ...openReplicaStore(database), ...openDigestStore(database) }
    const store = { ...rows, ...sync, copies: new Map() }
    const troubles: unknown[] = []
    const onFailure = (cause: unknown): void => void troubles.push(cause)
    const device = await createWiredDevice(host.url, { store, clock, onFailure })
    const made = { link: newLink(), ...(await newSecret()) }
    await claim(owner.device, device.device, shared, 'editor', made)
    device.add(shared)
    stops.push(() => database.close())
    const caughtUp = () =>
      device.notices.filter((one) => one.kind === 'caught-up' && one.document === shared).length
    return {
      ...{ device, database, troubles },
      async open(of: DocumentId): Promise<Replica> {
        const replica = await openReplica({
          ...{ ref: { document: of, channel: 'content' }, person: device.device.person, store },
          ...{ tab: 'AAAAAAAAAAA' as TabId, notices: device.hub, random, after: clock.after },
          ...{ mayWrite: () => true, claimEarlier: null, writeCopy: null, onTrouble: onFailure }
        })
        stops.push(() => replica.close())
        return replica
      },
      async sync(of: DocumentId): Promise<void> {
        stops.push(() => device.exchange.stop())
        await device.exchange.start()
        device.show(of)
        await device.noticed((notice) => notice.kind === 'caught-up' && notice.document === of)
      },
      isDoubted: () => device.notices.some(({ kind }) => kind === 'damaged'),
      /** Time passes, and what is read or answered in real time is waited for. */
      async restUntil(happened: () => boolean | Promise<boolean>): Promise<void> {
        const look = () => clock.pass(restedMs).then(happened)
        // Slowly: a relay that answers in real time must not seem silent to a client whose time flies.
        await expect.poll(look, { timeout: 100_000, interval: 1_000 }).toBe(true)
      },
      async caughtUpAgain(of: DocumentId): Promise<void> {
        await expect.poll(caughtUp).toBeGreaterThan(1)
        const channel = { document: of, channel: 'content' } as const
        expect(await store.state(channel)).toMatchObject({ doubted: false })
      }
    }
  }
})

function titleOf({ doc }: Replica): string {
  return doc.getText('title').toString()
}

async function counted({ url }: TestHost, name: string): Promise<number> {
  const text = await (await fetch(`${url}/metrics`)).text()
  return Number(new RegExp(`^meridian_${name} (\\d+)`, 'm').exec(text)?.[1] ?? 0)
}

// A device: one store that survives, tabs that die, one of which leads and talks to the relay.
import { createConnection } from '../../app/sync/connection'
import { createExchange, type Exchange } from '../../app/sync/exchange'
import { createHttpSync } from '../../app/sync/http-sync'
import { createKnownDocuments } from '../../app/sync/known-documents'
import type { Page, SyncClock } from '../../app/sync/surroundings'
import type { CatalogueRow } from '../../app/store/database'
import { createNoticeHub } from '../../app/store/memory-notices'
import { createMemoryStore, type MemoryStore } from '../../app/store/memory-store'
import type { Notices } from '../../app/store/notices'
import {
  idOf,
  shortIdBytes,
  type DocumentId,
  type PersonId,
  type TabId
} from '../../sync-api/protocol/ids'
import type { Life } from './life'
import { openEditor, type Editor } from './editor'
import type { Network } from './network'
import { plantedStore } from './plants'
import { createSlowStore } from './slow-store'
import type { World } from './world'

export type Tab = {
  readonly id: TabId
  readonly notices: Notices
  readonly life: Life
  readonly editors: readonly Editor[]
}

export type Device = {
  readonly name: string
  readonly person: PersonId
  readonly store: MemoryStore
  readonly documents: readonly DocumentId[]
  tabs(): readonly Tab[]
  openTab(): void
  /** A tab dies without a word; another one leads if it did. */
  crashTab(tab: Tab): void
  /** All of it dies; only what is stored remains. It comes back with one tab. */
  crash(downMs: number): void
  /** The service worker syncs a document, whatever the page is doing. */
  wakeWorker(document: DocumentId): void
  /** Somebody gave this device a document, or made one on it. */
  add(document: DocumentId, nonce: string | null): void
  /** The browser says that the network is back. */
  feelOnline(): void
}

const page: Page = { isVisible: () => true, isOnline: () => true, listen: () => () => undefined }

export function createDevice(
  world: World,
  network: Network,
  name: string,
  person: PersonId
): Device {
  const { time, chance } = world
  const store = createMemoryStore(chance.bytes)
  const planted = plantedStore(world, store)
  const rows = new Map<DocumentId, CatalogueRow>()
  const catalogue = {
    list: () => Promise.resolve([...rows.values()]),
    change: (document: DocumentId, change: Partial<CatalogueRow>) => {
      const row = rows.get(document)
      if (row !== undefined) rows.set(document, { ...row, ...change })
      return Promise.resolve()
    }
  }
  let tabs: Tab[] = []
  let hub = createNoticeHub()
  let leading: { readonly tab: Tab; readonly exchange: Exchange; feelOnline: () => void } | null =
    null

  function makeHub(): () => Notices {
    // A channel between tabs takes a moment but keeps the order.
    let last = 0
    return createNoticeHub((hear) => {
      last = Math.max(last, time.now() + chance.below(5))
      time.after(last - time.now(), hear)
    })
  }

  function openTab(): void {
    const life: Life = { alive: true }
    const notices = hub()
    const id = idOf<TabId>(chance.bytes(shortIdBytes))
    const isAlive = (): boolean => life.alive
    const slow = createSlowStore(world, `${name} tab ${id}`, planted, isAlive)
    const editors = [...rows.keys()].map((document) =>
      openEditor({
        world,
        name: `${name} ${id}`,
        ref: { document, channel: 'content' },
        person,
        tab: id,
        store: slow,
        notices,
        isAlive,
        onSaved: (update) => world.oracle.saved(name, document, update)
      })
    )
    const tab: Tab = { id, notices, life, editors }
    tabs.push(tab)
    const show = (): void =>
      notices.tell({ kind: 'shows', tab: id, documents: [...rows.keys()], visible: true })
    notices.listen((notice) => {
      if (notice.kind === 'who-is-there' && life.alive) show()
    })
    world.tell(`${name}: tab ${id} opens`)
    if (leading === null) lead(tab)
    show()
  }

  function lead(tab: Tab): void {
    const { life, notices } = tab
    const isAlive = (): boolean => life.alive
    const clock: SyncClock = {
      now: time.now,
      after: (ms, task) => time.after(ms, () => life.alive && task()),
      random: chance.share
    }
    const sounds = new Set<(event: 'online') => void>()
    const own = network.join(name, person, isAlive)
    const exchange = createExchange({
      store: createSlowStore(world, `${name} sync`, planted, isAlive),
      notices,
      documents: createKnownDocuments(person, catalogue),
      connect: (listener) =>
        createConnection({
          openSocket: own.openSocket,
          ticket: own.ticket,
          release: 'simulation',
          clock,
          page: {
            ...page,
            listen: (hear) => {
              sounds.add(hear)
              return () => sounds.delete(hear)
            }
          },
          later: queueMicrotask,
          listener
        }),
      post: own.post,
      clock,
      later: queueMicrotask,
      onFailure: (cause) => world.oracle.failed(name, cause)
    })
    leading = { tab, exchange, feelOnline: () => sounds.forEach((hear) => hear('online')) }
    world.tell(`${name}: tab ${tab.id} leads`)
    exchange.start().catch((cause: unknown) => world.oracle.failed(name, cause))
  }

  function crashTab(tab: Tab): void {
    world.tell(`${name}: tab ${tab.id} dies`)
    tab.life.alive = false
    tab.notices.close()
    tabs = tabs.filter((other) => other !== tab)
    const led = leading?.tab === tab
    if (led) leading = null
    time.after(chance.below(200), () => {
      const [next] = tabs
      if (led && next !== undefined && leading === null) lead(next)
      else if (!led) leading?.exchange.forgetTab(tab.id)
    })
  }

  function crash(downMs: number): void {
    world.tell(`${name}: crashes for ${downMs} ms`)
    for (const tab of tabs) tab.life.alive = false
    tabs = []
    leading = null
    hub = makeHub()
    world.oracle.checkCursors(name)
    time.after(downMs, () => {
      if (tabs.length === 0) openTab()
    })
  }

  hub = makeHub()
  return {
    name,
    person,
    store,
    get documents() {
      return [...rows.keys()]
    },
    tabs: () => tabs,
    openTab,
    crashTab,
    crash,
    wakeWorker(document) {
      const life: Life = { alive: true }
      const isAlive = (): boolean => life.alive
      const notices = hub()
      const own = network.join(`${name} worker`, person, isAlive)
      const worker = createHttpSync({
        store: createSlowStore(world, `${name} worker`, planted, isAlive),
        notices,
        post: own.post,
        nonceOf: (one) => rows.get(one)?.nonce ?? null
      })
      world.tell(`${name}: worker wakes`)
      const sleep = (): void => {
        life.alive = false
        notices.close()
      }
      // It is told to go after a while, wherever it stands.
      time.after(5_000, sleep)
      worker.sync(document).then(sleep, (cause: unknown) => {
        world.tell(`${name}: worker gives up: ${String(cause)}`)
        sleep()
      })
    },
    add(document, nonce) {
      const now = time.now()
      const times = { createdAt: now, editedAt: now, openedAt: now, removedAt: null }
      const facts = { title: '', role: null, pinned: false, onDevice: nonce !== null }
      rows.set(document, { document, nonce, ...times, ...facts })
      // Every tab starts anew with it: what a person does who opens the document.
      for (const tab of [...tabs]) crashTab(tab)
      openTab()
    },
    feelOnline: () => leading?.feelOnline()
  }
}

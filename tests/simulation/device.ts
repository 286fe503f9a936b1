// A device: one disk that survives, tabs that die, one of which leads, a worker, a clock of its own.
import { createHttpSync } from '../../app/sync/http-sync'
import type { CatalogueRow } from '../../app/store/database'
import { createNoticeHub } from '../../app/store/memory-notices'
import type { Notices } from '../../app/store/notices'
import type { DocumentId, PersonId } from '../../sync-api/protocol/ids'
import { protocolVersion, protocolVersionMin } from '../../sync-api/protocol/version'
import { createClock, type Clock } from './clock'
import { createDisk, type Disk } from './disk'
import type { Life } from './life'
import type { Attachment, Network } from './network'
import { plantedStore } from './plants'
import { createSlowStore } from './slow-store'
import { openTab, type Tab } from './tab'
import type { World } from './world'

export type Device = {
  readonly name: string
  readonly person: PersonId
  readonly disk: Disk
  readonly clock: Clock
  readonly documents: readonly DocumentId[]
  tabs(): readonly Tab[]
  openTab(): void
  /** A tab dies without a word; another one leads if it did. */
  crashTab(tab: Tab): void
  /** All of it dies; only what is stored remains. It comes back with one tab. */
  crash(downMs: number): void
  /** The browser throws away all it has stored, with no tab open. */
  evict(downMs: number): void
  /** The service worker syncs a document, whatever the page is doing. */
  wakeWorker(document: DocumentId): void
  /** Somebody gave this device a document, or made one on it. */
  add(document: DocumentId, nonce: string | null): void
  /** Its pages are seen, or hidden. */
  show(visible: boolean): void
  /** No network for so long; the browser notices, or does not. */
  goOffline(ms: number): void
  /** Everything about it is as it should be: seen, online, a release of today. */
  heal(): void
}

/** How long a tab may be gone before the others know, ms. */
const noticeMsMax = 200

export function createDevice(
  world: World,
  network: Network,
  name: string,
  person: PersonId
): Device {
  const { time, chance, oracle } = world
  const alone = world.faults.everyTabLeads
  const disk = createDisk(world, name)
  const planted = plantedStore(world, disk)
  const clock = createClock(world, name)
  const rows = new Map<DocumentId, CatalogueRow>()
  const catalogue = {
    list: () => Promise.resolve([...rows.values()]),
    change: (document: DocumentId, change: Partial<CatalogueRow>) => {
      const row = rows.get(document)
      if (row !== undefined) rows.set(document, { ...row, ...change })
      return Promise.resolve()
    }
  }
  const nonceOf = (document: DocumentId): string | null => rows.get(document)?.nonce ?? null
  let tabs: Tab[] = []
  /** What ends each that is awake. */
  const workers = new Set<() => void>()
  let hub = makeHub()
  let crashes = 0
  let visible = true
  let protocol = protocolVersion
  if (chance.happens(world.faults.otherRelease)) {
    protocol = chance.pick([protocolVersionMin - 1, protocolVersion + 1])
    world.tell(`${name}: has a release of protocol ${protocol}`)
  }

  function makeHub(): () => Notices {
    // A channel between tabs takes a moment but keeps the order.
    let last = 0
    return createNoticeHub((hear) => {
      last = Math.max(last, time.now() + chance.below(5))
      time.after(last - time.now(), hear)
    })
  }

  const join = (whose: string, isAlive: () => boolean): Attachment =>
    network.join({ name: whose, person, isAlive, now: clock.now, protocol: () => protocol })

  function open(): void {
    const tab = openTab({
      ...{ world, device: name, person, documents: [...rows.keys()], catalogue, store: planted },
      ...{ notices: hub(), clock, alone, nonceOf },
      isVisible: () => visible,
      isOnline: () => !network.isPartitioned(name),
      join: (isAlive) => join(name, isAlive)
    })
    tabs.push(tab)
    if (alone || !tabs.some((one) => one.leads())) tab.lead()
  }

  function crashTab(tab: Tab): void {
    world.tell(`${name}: tab ${tab.id} dies`)
    tab.die()
    tabs = tabs.filter((other) => other !== tab)
    time.after(chance.below(noticeMsMax), () => {
      const [next] = tabs
      const leader = tabs.find((one) => one.leads())
      if (leader === undefined) next?.lead()
      for (const one of tabs) one.forgetTab(tab.id)
    })
  }

  function crash(downMs: number): void {
    world.tell(`${name}: crashes for ${downMs} ms`)
    for (const tab of tabs) tab.die()
    for (const sleep of workers) sleep()
    tabs = []
    hub = makeHub()
    if (chance.happens(world.faults.powerCut)) disk.cutPower()
    crashes += 1
    const mine = crashes
    time.after(downMs, () => {
      if (mine === crashes && tabs.length === 0) open()
    })
  }

  function sound(event: 'online' | 'offline' | 'visible' | 'hidden'): void {
    for (const tab of tabs) tab.sound(event)
  }

  function wakeWorker(document: DocumentId): void {
    const life: Life = { alive: true }
    const isAlive = (): boolean => life.alive
    const notices = hub()
    const worker = createHttpSync({
      store: createSlowStore(world, name, 'worker', planted, isAlive),
      notices,
      post: join(`${name} worker`, isAlive).post,
      nonceOf
    })
    world.tell(`${name}: worker wakes`)
    const sleep = (): void => {
      life.alive = false
      workers.delete(sleep)
      notices.close()
    }
    workers.add(sleep)
    // It is told to go after a while, wherever it stands.
    time.after(5_000, sleep)
    worker.sync(document).then(sleep, (cause: unknown) => {
      world.tell(`${name}: worker gives up: ${String(cause)}`)
      sleep()
    })
  }

  return {
    ...{ name, person, disk, clock, crashTab, crash, wakeWorker },
    get documents() {
      return [...rows.keys()]
    },
    tabs: () => tabs,
    openTab: open,
    evict(downMs) {
      crash(downMs)
      disk.evict()
      oracle.edits.evicted(name)
      for (const [document, row] of rows) rows.set(document, { ...row, onDevice: false })
    },
    add(document, nonce) {
      const now = clock.now()
      const times = { createdAt: now, editedAt: now, openedAt: now, removedAt: null }
      const facts = { title: '', role: null, pinned: false, onDevice: nonce !== null }
      rows.set(document, { document, nonce, ...times, ...facts })
      // Every tab starts anew with it: what a person does who opens the document.
      for (const tab of [...tabs]) crashTab(tab)
      open()
    },
    show(seen) {
      if (seen === visible) return
      visible = seen
      sound(seen ? 'visible' : 'hidden')
    },
    goOffline(ms) {
      network.partition(name, ms)
      if (chance.happens(0.5)) sound('offline')
      const isNoticed = chance.happens(0.5)
      time.after(ms, () => isNoticed && !network.isPartitioned(name) && sound('online'))
    },
    heal() {
      visible = true
      // The person takes the release that is offered.
      if (protocol !== protocolVersion) {
        protocol = protocolVersion
        for (const tab of [...tabs]) crashTab(tab)
        open()
      }
      sound('visible')
      sound('online')
    }
  }
}

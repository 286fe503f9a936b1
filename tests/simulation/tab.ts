// A tab of a device: its documents, and the network side where it leads.
import { createConnection } from '../../app/sync/connection'
import { createExchange, type Exchange } from '../../app/sync/exchange'
import { createKnownDocuments } from '../../app/sync/known-documents'
import { createStatusSource } from '../../app/sync/status-source'
import type { Page, PageEvent, SyncClock } from '../../app/sync/surroundings'
import type { Catalogue } from '../../app/store/catalogue'
import type { Notice, Notices } from '../../app/store/notices'
import {
  idOf,
  shortIdBytes,
  type DocumentId,
  type PersonId,
  type TabId
} from '../../sync-api/protocol/ids'
import type { Clock } from './clock'
import type { Store } from './disk'
import { openEditor, type Editor } from './editor'
import type { Life } from './life'
import type { Attachment } from './network'
import { createSlowStore } from './slow-store'
import type { World } from './world'

export type Tab = {
  readonly id: TabId
  readonly editors: readonly Editor[]
  leads(): boolean
  /** Takes over the connection of this device. */
  lead(): void
  /** Another tab is gone without a word. */
  forgetTab(tab: TabId): void
  /** The browser says something about the page or the network. */
  sound(event: PageEvent): void
  /** It is gone, without a word. */
  die(): void
}

export type TabOptions = {
  readonly world: World
  readonly device: string
  readonly person: PersonId
  readonly documents: readonly DocumentId[]
  readonly nonceOf: (document: DocumentId) => string | null
  readonly catalogue: Pick<Catalogue, 'list' | 'change'>
  readonly store: Store
  readonly notices: Notices
  readonly clock: Clock
  readonly isVisible: () => boolean
  readonly isOnline: () => boolean
  readonly join: (isAlive: () => boolean) => Attachment
  /** Every tab leads for itself: it speaks for no other. */
  readonly alone: boolean
}

export function openTab(options: TabOptions): Tab {
  const { world, device, documents, notices } = options
  const { oracle } = world
  const life: Life = { alive: true }
  const isAlive = (): boolean => life.alive
  const id = idOf<TabId>(world.chance.bytes(shortIdBytes))
  const onFailure = (cause: unknown): void => oracle.failed(`${device} tab ${id}`, cause)
  const store = createSlowStore(world, device, `tab ${id}`, options.store, isAlive)
  const after: SyncClock['after'] = (ms, task) => world.time.after(ms, () => life.alive && task())
  const statuses = createStatusSource({ notices, store, after, onFailure })
  const { post } = options.join(isAlive)
  const show = (): void =>
    notices.tell({ kind: 'shows', tab: id, documents, visible: options.isVisible() })
  const editors = documents.map((document) =>
    openEditor({
      ...{ world, device, person: options.person, tab: id, store, notices, statuses, isAlive },
      ...{ ref: { document, channel: 'content' }, onOpened: show },
      ...{ after, post, nonce: options.nonceOf(document) }
    })
  )
  const sounds = new Set<(event: PageEvent) => void>()
  let exchange: Exchange | null = null

  notices.listen((notice) => {
    if (notice.kind === 'who-is-there' && life.alive) show()
  })
  world.tell(`${device}: tab ${id} opens`)

  return {
    id,
    editors,
    leads: () => exchange !== null,
    lead() {
      world.tell(`${device}: tab ${id} leads`)
      exchange = createSync(options, id, life, sounds, onFailure)
      exchange.start().catch(onFailure)
      show()
    },
    forgetTab: (tab) => exchange?.forgetTab(tab),
    sound(event) {
      if (!life.alive) return
      for (const hear of sounds) hear(event)
      if (event === 'visible' || event === 'hidden') show()
      if (event === 'visible') for (const editor of editors) editor.refresh()
    },
    die() {
      life.alive = false
      for (const editor of editors) editor.end()
      statuses.stop()
      notices.close()
    }
  }
}

/** The network side of the app, at work for this tab. */
function createSync(
  options: TabOptions,
  tab: TabId,
  life: Life,
  sounds: Set<(event: PageEvent) => void>,
  onFailure: (cause: unknown) => void
): Exchange {
  const { world, device, person, catalogue } = options
  const { time, chance } = world
  const isAlive = (): boolean => life.alive
  const own = options.join(isAlive)
  const clock: SyncClock = {
    now: options.clock.now,
    after: (ms, task) => time.after(ms, () => life.alive && task()),
    random: chance.share
  }
  const page: Page = {
    isVisible: options.isVisible,
    isOnline: options.isOnline,
    listen(hear) {
      sounds.add(hear)
      return () => sounds.delete(hear)
    }
  }
  return createExchange({
    store: createSlowStore(world, device, 'sync', options.store, isAlive),
    notices: options.alone ? onlyOwn(options.notices, tab) : options.notices,
    documents: createKnownDocuments(person, catalogue),
    connect: (listener) =>
      createConnection({
        ...{ openSocket: own.openSocket, ticket: own.ticket, release: 'simulation' },
        ...{ clock, page, later: queueMicrotask, listener }
      }),
    ...{ post: own.post, clock, later: queueMicrotask, onFailure }
  })
}

/** As the app does without Web Locks: or the relay would hear everybody's presence twice. */
function onlyOwn(notices: Notices, tab: TabId): Notices {
  const others = (notice: Notice): boolean =>
    (notice.kind === 'present' || notice.kind === 'shows') && notice.tab !== tab
  return {
    ...notices,
    listen: (listener) => notices.listen((notice) => !others(notice) && listener(notice))
  }
}

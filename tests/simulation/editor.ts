// One document open in one tab: the app's replica, the words beside it, and somebody who types.
import { effect, signal } from '@preact/signals-core'
import * as Y from 'yjs'
import { watchStatus } from '../../app/composition/replica-status'
import { openReplica } from '../../app/replica/open-replica'
import type { Replica } from '../../app/replica/replica'
import type { Notice, Notices } from '../../app/store/notices'
import type { ReplicaStore } from '../../app/store/ports'
import { sendFromMemory } from '../../app/sync/from-memory'
import type { DocumentStatus } from '../../app/sync/status'
import type { StatusSource } from '../../app/sync/status-source'
import type { Post, SyncClock } from '../../app/sync/surroundings'
import { channelKey, type ChannelRef, type PersonId, type TabId } from '../../sync-api/protocol/ids'
import { mayWrite, type Role } from '../../sync-api/protocol/roles'
import { plantedReplica, plantedStatuses, writerBytes } from './plants'
import { edit } from './typing'
import type { World } from './world'

export type Editor = {
  readonly ref: ChannelRef
  /** Null while it loads. */
  doc(): Y.Doc | null
  /** Whether everything typed is stored. */
  isWritten(): boolean
  status(): DocumentStatus
  /** A person does something. */
  edit(): void
  /** Reads what was stored while this tab could not hear of it, as a page does that is seen again. */
  refresh(): void
  /** The tab has died: nothing of it may go on. */
  end(): void
}

export type EditorOptions = {
  readonly world: World
  readonly device: string
  readonly ref: ChannelRef
  readonly person: PersonId
  readonly tab: TabId
  readonly store: ReplicaStore
  readonly notices: Notices
  readonly statuses: StatusSource
  /** Of this tab: nothing runs once it has died. */
  readonly after: SyncClock['after']
  readonly post: Post
  /** The proof that this person made the document; null for those of others. */
  readonly nonce: string | null
  readonly isAlive: () => boolean
  /** Called when it is on the screen. */
  readonly onOpened: () => void
}

type Open = {
  readonly replica: Replica
  status(): DocumentStatus
  hide(): void
}

/** Origin of what is typed here: none of those that say it is stored already. */
const typing = { kind: 'typing' } as const

/** How long a person waits before they open again what could not be opened, ms. */
const retryMs = 300

export function openEditor(options: EditorOptions): Editor {
  const { world, device, ref, tab, store, notices, isAlive } = options
  const { oracle, time } = world
  const { document } = ref
  const onTrouble = (cause: unknown): void => oracle.failed(`${device} tab ${tab}`, cause)
  let open: Open | null = null
  let role: Role | null | undefined

  const committing: ReplicaStore = {
    ...store,
    async appendLocal(to, updates) {
      const last = await store.appendLocal(to, updates)
      for (const { update } of updates) oracle.edits.committed(device, document, update, time.now())
      oracle.counts.saved += updates.length
      return last
    }
  }

  function pause(): Promise<void> {
    return new Promise((resolve) => time.after(retryMs, () => isAlive() && resolve()))
  }

  /** What a person does who is told that something failed: the same again. */
  async function again<T>(run: () => Promise<T>): Promise<T> {
    for (;;) {
      try {
        return await run()
      } catch (cause) {
        onTrouble(cause)
        await pause()
      }
    }
  }

  async function load(): Promise<void> {
    const since = time.now()
    const losses = oracle.edits.losses(device, document)
    const replica = await again(() =>
      openReplica({
        ...{ ref, person: options.person, tab, store: committing, notices },
        random: (length) => writerBytes(world, device, length),
        mayWrite: () => role === undefined || mayWrite(role, ref.channel),
        ...{ claimEarlier: null, writeCopy: null, onTrouble, after: options.after }
      })
    )
    const lacks = oracle.edits.opened(
      { device, tab, document, since },
      Y.encodeStateAsUpdate(replica.doc),
      losses
    )
    if (lacks !== null) oracle.broken(`${device} tab ${tab} ${lacks}`)
    open = show(options, replica, since)
    replica.watchSetAside(() => void reopen())
    options.onOpened()
  }

  /** What it stood for is no longer the document: it is closed, and opened anew. */
  async function reopen(): Promise<void> {
    const old = open
    if (old === null) return
    open = null
    old.hide()
    await again(() => old.replica.close())
    await load()
  }

  function refresh(): void {
    open?.replica.refresh().catch(onTrouble)
  }

  function hear(notice: Notice): void {
    if (notice.kind === 'role' && notice.document === document) role = notice.role
    // A tab that shows nothing any more may have stored its last words without telling.
    if (notice.kind === 'shows' && notice.documents.length === 0 && notice.tab !== tab) refresh()
    if (!('ref' in notice) || channelKey(notice.ref) !== channelKey(ref)) return
    if (notice.kind === 'given-back') oracle.edits.heardOfGivingBack(device, tab, document)
    if (notice.kind !== 'written' || notice.tab === tab) return
    for (const update of notice.updates) oracle.edits.told(device, tab, document, update)
  }

  const stopListening = notices.listen((notice) => isAlive() && hear(notice))
  void load()
  return {
    ref,
    doc: () => open?.replica.doc ?? null,
    isWritten: () => open !== null && open.replica.unwritten().length === 0,
    status: () => open?.status() ?? { kind: 'opening' },
    edit() {
      if (open !== null) edit(open.replica.doc, world.chance, typing, () => world.word())
    },
    refresh,
    end() {
      open?.hide()
      stopListening()
    }
  }
}

/** Puts an open replica on the screen, with the words beside it, and watches what they say. */
function show(options: EditorOptions, replica: Replica, since: number): Open {
  const { world, device, ref, tab, statuses, after, post, nonce, isAlive } = options
  const { oracle } = world
  const { document } = ref
  // There is no real time in this world, and y-protocols would keep a timer for ever.
  clearInterval(replica.awareness._checkInterval as NodeJS.Timeout)
  replica.doc.on('update', (update: Uint8Array, origin: unknown) => {
    if (origin === typing) oracle.edits.typed(device, tab, document, update)
  })
  const status = watchStatus(
    {
      ...{ statuses: plantedStatuses(world, statuses), storeFailure: signal(null), after },
      send: (from) =>
        sendFromMemory(from.doc, { ref, post, random: world.chance.bytes, nonceOf: () => nonce })
    },
    plantedReplica(world, replica)
  )
  const stopShowing = effect(() => {
    const now = status.value.value
    if (isAlive()) oracle.shown({ device, tab, document, since }, now)
  })
  return {
    replica,
    status: () => status.value.peek(),
    hide() {
      stopShowing()
      status.stop()
    }
  }
}

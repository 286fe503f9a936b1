// Opens this device's copy of a channel: stored rows in, local edits to the store, notices both ways.
import { Awareness } from 'y-protocols/awareness'
import * as Y from 'yjs'
import { entryZero } from '../../sync-api/protocol/entry-zero'
import {
  clientIdOf,
  idOf,
  shortIdBytes,
  type ChannelRef,
  type WriterId
} from '../../sync-api/protocol/ids'
import { contentRoots } from '../../sync-api/protocol/roots'
import type { Notice } from '../store/notices'
import type { LocalUpdate } from '../store/ports'
import { createListeners } from '../store/listeners'
import { isLate } from '../store/stored'
import { takeAll } from '../store/take-all'
import { startCopying } from './copying'
import { isOf, readEarlier, type Earlier } from './earlier'
import { isStored, receivedOrigin, storedOrigin, writtenOrigin } from './origins'
import { startPresence } from './presence'
import { createQueue, type Queue } from './queue'
import { leaveUntidied } from './reader'
import type { Replica, ReplicaOptions } from './replica'

/** Rows from which an open folds them: below it, loading takes a few milliseconds anyway. */
const rowsFoldedFrom = 200

/**
 * The channel's replica with everything this device has stored. Rejects with a StoreFailure when
 * the rows cannot be read: an empty document must never stand in for one that did not load.
 */
export async function openReplica(options: ReplicaOptions): Promise<Replica> {
  const { ref, notices } = options
  const early: Notice[] = []
  // Listening comes first: what another tab commits while the rows are read is told only once.
  const stopEarly = notices.listen((notice) => early.push(notice))
  try {
    const earlier = await readEarlier(options, early)
    const { updates, lastRow } = earlier.stored
    const known = updates.slice(0, updates.length - (earlier.heard?.length ?? 0))
    const doc = new Y.Doc()
    leaveUntidied(doc, options.mayWrite)
    applyAll(doc, ref.channel === 'content' ? [entryZero, ...known] : known, options)
    const replica = run(options, doc, earlier, lastRow, early)
    if (earlier.heard === null) foldRows(options, updates.length)
    return replica
  } finally {
    stopEarly()
  }
}

function foldRows({ ref, store, onTrouble }: ReplicaOptions, rows: number): void {
  if (rows > rowsFoldedFrom) store.compact(ref).catch(onTrouble)
}

// One update that cannot be read must not keep the others out of the document; the rows stay as
// they are, so nothing of it is lost either. Rebuilding from the log attaches here.
function applyAll(
  doc: Y.Doc,
  updates: readonly Uint8Array[],
  options: ReplicaOptions,
  origin: object = storedOrigin
): void {
  for (const { cause } of takeAll(doc, updates, origin)) options.onTrouble(cause)
}

function run(
  options: ReplicaOptions,
  doc: Y.Doc,
  earlier: Earlier,
  firstRow: number,
  early: readonly Notice[]
): Replica {
  const { ref, person, tab, store, notices } = options
  let lastRow = firstRow
  /** What others wrote, until whoever shows the document looks at it as it comes in. */
  let held = earlier.heard === null ? null : [...earlier.heard]
  const writers = keepWriter(options, doc)
  // After the client id: Awareness takes it over once and for all.
  const awareness = new Awareness(doc)
  const undo = createUndo(doc, ref)
  const { asides } = earlier.stored
  const queue = startWriting(options, doc, writers.current, asides)
  const copying = startCopying(options, doc)
  const receiving = createListeners<readonly Uint8Array[]>()
  const settingAside = createListeners<null>()
  let isSetAside = false
  writers.onChange((clientId) => {
    const state = awareness.getLocalState()
    awareness.setLocalState(null)
    awareness.clientID = clientId
    awareness.setLocalState(state)
  })

  function hear(notice: Notice): void {
    if (!('ref' in notice) || !isOf(ref, notice)) return
    if (notice.kind === 'set-aside') return outdate()
    if (notice.kind !== 'written' && notice.kind !== 'received') return
    if (notice.kind === 'written' && notice.writer === writers.current()) return
    if (notice.kind === 'written' && isLate(notice, { asides })) return
    const origin = notice.kind === 'written' ? writtenOrigin : receivedOrigin
    receive(notice.updates, origin)
  }

  function outdate(): void {
    isSetAside = true
    settingAside.call(null)
  }

  function receive(updates: readonly Uint8Array[], origin: object): void {
    if (held !== null) return void held.push(...updates)
    try {
      receiving.call(updates)
    } catch (cause) {
      options.onTrouble(cause)
    }
    applyAll(doc, updates, options, origin)
  }

  /** Answers whether there was anything to wait for. */
  function letIn(): boolean {
    const updates = held
    held = null
    if (updates !== null && updates.length > 0) receive(updates, storedOrigin)
    return updates !== null
  }

  for (const notice of early) hear(notice)
  const stops = [
    notices.listen(hear),
    startPresence({ ref, person, tab, awareness, notices, writer: writers.current })
  ]

  return {
    ref,
    get writer() {
      return writers.current()
    },
    doc,
    awareness,
    undo,
    written: () => queue.written(),
    unwritten: () => queue.unwritten(),
    hurry: () => queue.hurry(),
    isMine: (client) => client === doc.clientID || earlier.clients.has(client),
    catchUp() {
      if (!letIn()) return
      // Folded rows tell no more what came after what: what is put back has to be stored before.
      queue
        .written()
        .then(() => foldRows(options, earlier.stored.updates.length))
        .catch(options.onTrouble)
    },
    beforeReceived: (listener) => receiving.add(listener),
    watchUnwritten: (listener) => queue.watch(listener),
    watchSetAside(listener) {
      if (isSetAside) listener()
      return settingAside.add(listener)
    },
    async refresh() {
      const missed = await store.loadAfter(ref, lastRow)
      receive(missed.updates, storedOrigin)
      lastRow = missed.lastRow
    },
    async close() {
      await queue.flush()
      for (const stop of stops) stop()
      undo.destroy()
      awareness.destroy()
      letIn()
      copying.stop()
      await copying.copy()
      doc.destroy()
      earlier.release()
    }
  }
}

type Writers = {
  current(): WriterId
  onChange(listener: (clientId: number) => void): void
}

// A fresh writer for this lifetime of the document, and another should Yjs ever find that somebody
// else inserts under its client id: the same id twice is a difference that nothing heals.
function keepWriter({ ref, person, random }: ReplicaOptions, doc: Y.Doc): Writers {
  let writer = idOf<WriterId>(random(shortIdBytes))
  let listener: (clientId: number) => void = () => undefined
  doc.clientID = clientIdOf(ref, person, writer)
  let expected = doc.clientID
  doc.on('afterTransactionCleanup', () => {
    if (doc.clientID === expected) return
    writer = idOf<WriterId>(random(shortIdBytes))
    expected = clientIdOf(ref, person, writer)
    doc.clientID = expected
    listener(expected)
  })
  return {
    current: () => writer,
    onChange(changed) {
      listener = changed
    }
  }
}

// The editor says which origins are its own; until it does, nothing is tracked. The title has its
// own history: undo in the text must not change the title somebody is not looking at.
function createUndo(doc: Y.Doc, ref: ChannelRef): Y.UndoManager {
  const scope = ref.channel === 'content' ? [doc.getXmlFragment(contentRoots.body)] : []
  return new Y.UndoManager(scope, { doc, trackedOrigins: new Set() })
}

function startWriting(
  options: ReplicaOptions,
  doc: Y.Doc,
  writer: () => WriterId,
  asides: number | undefined
): Queue {
  const { ref, tab, store, notices, mayWrite } = options
  const queue = createQueue({
    append: (updates) => store.appendLocal(ref, updates),
    onCommitted(updates) {
      for (const [by, own] of byWriter(updates)) {
        notices.tell({ kind: 'written', ref, tab, writer: by, asides, updates: own })
      }
    },
    after: options.after,
    onTrouble: options.onTrouble
  })
  doc.on('update', (update: Uint8Array, origin: unknown) => {
    if (isStored(origin)) return
    // Nobody's edit, from who may not write: the relay would refuse it, and with it the person's access to sync.
    if (origin === null && !mayWrite()) return
    queue.push({ update, writer: writer(), asides })
  })
  return queue
}

function byWriter(updates: readonly LocalUpdate[]): Map<WriterId, Uint8Array[]> {
  const groups = new Map<WriterId, Uint8Array[]>()
  for (const { update, writer } of updates) {
    groups.set(writer, [...(groups.get(writer) ?? []), update])
  }
  return groups
}

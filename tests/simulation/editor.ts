// One tab with a document open: a Y.Doc that is stored before it is told, as the app's replica is.
import * as Y from 'yjs'
import type { Notice, Notices } from '../../app/store/notices'
import type { LocalUpdate, ReplicaStore } from '../../app/store/ports'
import { entryZero } from '../../sync-api/protocol/entry-zero'
import {
  clientIdOf,
  idOf,
  shortIdBytes,
  type ChannelRef,
  type PersonId,
  type TabId,
  type WriterId
} from '../../sync-api/protocol/ids'
import { contentRoots } from '../../sync-api/protocol/roots'
import type { World } from './world'

export type Editor = {
  readonly ref: ChannelRef
  readonly tab: TabId
  /** Null while it loads. */
  doc(): Y.Doc | null
  /** Whether everything typed is stored. */
  isWritten(): boolean
  /** A person does something: types, deletes, changes the title, adds a paragraph. */
  edit(): void
}

export type EditorOptions = {
  readonly world: World
  readonly name: string
  readonly ref: ChannelRef
  readonly person: PersonId
  readonly tab: TabId
  readonly store: ReplicaStore
  readonly notices: Notices
  readonly isAlive: () => boolean
  /** A local update was committed on this device. */
  readonly onSaved: (update: Uint8Array) => void
}

/** Local changes; everything else is applied under the origin `received`. */
const typed = 'typed'
const received = 'received'

/** How long a tab waits after its store refused, ms. */
const retryMs = 300

export function openEditor(options: EditorOptions): Editor {
  const { world, ref, person, tab, store, notices } = options
  let doc: Y.Doc | null = null
  let writer: WriterId
  let lastRow = 0
  let early: Uint8Array[] = []
  let queue: LocalUpdate[] = []
  let writing = false
  /** Counts the documents this tab has had: what belongs to an older one is void. */
  let life = 0

  async function load(): Promise<void> {
    const mine = ++life
    doc = null
    queue = []
    early = []
    const stored = await store.load(ref)
    if (mine !== life) return
    const loaded = new Y.Doc()
    const apply = (update: Uint8Array): void => Y.applyUpdate(loaded, update, received)
    apply(entryZero)
    for (const update of [...stored.updates, ...early]) apply(update)
    lastRow = stored.lastRow
    writer = idOf<WriterId>(world.chance.bytes(shortIdBytes))
    loaded.clientID = clientIdOf(ref, person, writer)
    loaded.on('update', (update: Uint8Array, origin: unknown) => {
      if (mine !== life || origin !== typed) return
      queue.push({ update, writer })
      void write(mine)
    })
    doc = loaded
  }

  async function write(mine: number): Promise<void> {
    if (writing) return
    writing = true
    while (mine === life && queue.length > 0) {
      const batch = queue.slice() as [LocalUpdate, ...LocalUpdate[]]
      try {
        await store.appendLocal(ref, batch)
      } catch {
        // What the store would not take stays first in line, and nothing overtakes it.
        await pause(retryMs)
        continue
      }
      for (const { update } of batch) options.onSaved(update)
      const updates = batch.map(({ update }) => update)
      const [{ writer: by }] = batch
      notices.tell({ kind: 'written', ref, tab, writer: by, updates })
      // The document may have been replaced meanwhile, and its queue with it.
      if (mine === life) queue = queue.slice(batch.length)
    }
    writing = false
    if (mine !== life && queue.length > 0) void write(life)
  }

  function pause(ms: number): Promise<void> {
    return new Promise((resolve) => {
      world.time.after(ms, () => options.isAlive() && resolve())
    })
  }

  /** Rows that were committed by a tab that died before it could tell. */
  async function catchUp(): Promise<void> {
    const mine = life
    const stored = await store.loadAfter(ref, lastRow)
    if (mine !== life || doc === null) return
    for (const update of stored.updates) Y.applyUpdate(doc, update, received)
    lastRow = stored.lastRow
  }

  function hear(notice: Notice): void {
    if (!('ref' in notice) || notice.ref.document !== ref.document) return
    switch (notice.kind) {
      case 'written':
      case 'received':
        if (notice.kind === 'written' && notice.tab === tab) return
        if (doc === null) early.push(...notice.updates)
        else for (const update of notice.updates) Y.applyUpdate(doc, update, received)
        return
      case 'settled':
        return void catchUp()
      case 'set-aside':
        return void load()
    }
  }

  notices.listen((notice) => options.isAlive() && hear(notice))
  void load()
  return {
    ref,
    tab,
    doc: () => doc,
    isWritten: () => doc !== null && queue.length === 0,
    edit() {
      if (doc === null) return
      const open = doc
      open.transact(() => change(open, world), typed)
    }
  }
}

const words = ['sea', 'tide', 'meridian', 'chart ', 'log ', 'noon ', 'star', ' ', '. ']

function change(doc: Y.Doc, { chance }: World): void {
  const kind = chance.below(10)
  if (kind < 2) return changeText(doc.getText(contentRoots.title), chance)
  const body = doc.getXmlFragment(contentRoots.body)
  if (kind === 2 || body.length === 0) {
    return body.insert(chance.below(body.length + 1), [new Y.XmlElement('paragraph')])
  }
  if (kind === 3 && body.length > 1) return body.delete(chance.below(body.length), 1)
  const paragraph = chance.pick(body.toArray())
  if (!(paragraph instanceof Y.XmlElement)) return
  const [text] = paragraph.toArray()
  if (text instanceof Y.XmlText) return changeText(text, chance)
  paragraph.insert(0, [new Y.XmlText(chance.pick(words))])
}

function changeText(text: Y.Text, { below, happens, pick }: World['chance']): void {
  if (text.length > 0 && happens(0.3)) {
    const at = below(text.length)
    return text.delete(at, Math.min(text.length - at, 1 + below(4)))
  }
  text.insert(below(text.length + 1), pick(words))
}

// A device at a real relay: the store's twin in memory, the real exchange, a real socket.
import WebSocket from 'ws'
import * as Y from 'yjs'
import { paths } from '../../sync-api/protocol/http'
import {
  clientIdOf,
  documentIdOf,
  type ChannelRef,
  type DocumentId,
  type LinkId,
  type TabId
} from '../../sync-api/protocol/ids'
import type { ClientMessage, ServerMessage } from '../../sync-api/protocol/messages'
import type { CatalogueRow } from '../../app/store/database'
import { createNoticeHub } from '../../app/store/memory-notices'
import { createMemoryStore, type MemoryStore } from '../../app/store/memory-store'
import type { Notice, Notices } from '../../app/store/notices'
import { createConnection } from '../../app/sync/connection'
import { createExchange, type Exchange } from '../../app/sync/exchange'
import { createHttpSync, type HttpSync } from '../../app/sync/http-sync'
import { createKnownDocuments } from '../../app/sync/known-documents'
import { createPost } from '../../app/sync/post'
import type { OpenSocket, Page, SyncClock } from '../../app/sync/surroundings'
import { createDevice, newWriter, type Device } from '../wire/device'

const clock: SyncClock = {
  now: () => Date.now(),
  after(ms, task) {
    const timer = setTimeout(task, ms)
    return () => clearTimeout(timer)
  },
  random: () => Math.random()
}
const page: Page = { isVisible: () => true, isOnline: () => true, listen: () => () => undefined }

export type WiredDevice = {
  readonly device: Device
  readonly hub: Notices
  readonly notices: Notice[]
  readonly httpSync: HttpSync
  readonly exchange: Exchange
  readonly store: MemoryStore
  /** What went over the socket so far, in order. */
  readonly said: ClientMessage[]
  readonly heard: ServerMessage[]
  /** A document made here, offline. */
  make(nonce: string): DocumentId
  /** One that others made. */
  add(document: DocumentId): void
  /** Writes into the title of a document and tells the exchange. */
  write(document: DocumentId, text: string): Promise<void>
  /** The same at the end of the title, building on what stands there. */
  append(document: DocumentId, text: string): Promise<void>
  show(document: DocumentId): void
  title(document: DocumentId): Promise<string>
  /** Resolves with the first notice, old or new, that fits. */
  noticed(fits: (notice: Notice) => boolean): Promise<Notice>
}

/** What a test holds in its hands instead. */
export type WiredParts = {
  readonly store?: MemoryStore
  /** For what waits of itself while connected; the connection keeps the real one. */
  readonly clock?: SyncClock
  /** Something of our own went wrong; thrown if left out. */
  readonly onFailure?: (cause: unknown) => void
}

export const random = (length: number): Uint8Array => crypto.getRandomValues(new Uint8Array(length))

export async function createWiredDevice(url: string, parts: WiredParts = {}): Promise<WiredDevice> {
  const device = await createDevice(url)
  const store = parts.store ?? createMemoryStore(random)
  const hub = createNoticeHub()()
  const notices: Notice[] = []
  const waiting = new Set<() => void>()
  hub.listen((notice) => {
    notices.push(notice)
    for (const look of waiting) look()
  })
  const rows: CatalogueRow[] = []
  const documents = createKnownDocuments(device.person, {
    list: () => Promise.resolve(rows),
    change: () => Promise.resolve()
  })
  const ask = async () => ({ kind: 'ticket', ticket: await device.ticket() }) as const
  const post = createPost(ask, url)
  const said: ClientMessage[] = []
  const heard: ServerMessage[] = []
  const exchange = createExchange({
    ...{ store, notices: hub, documents, post, clock: parts.clock ?? clock },
    connect: (listener) => {
      const onMessage = (message: ServerMessage): void => {
        heard.push(message)
        listener.onMessage(message)
      }
      const connection = createConnection({
        ...{ openSocket: openSocketTo(url), ticket: ask, release: 'test', clock, page },
        listener: { ...listener, onMessage },
        later: queueMicrotask
      })
      const say = (message: ClientMessage): boolean => {
        said.push(message)
        return connection.say(message)
      }
      return { ...connection, say }
    },
    later: queueMicrotask,
    onFailure:
      parts.onFailure ??
      ((cause) => {
        throw cause
      })
  })
  const nonceOf = (document: DocumentId): string | null =>
    rows.find((row) => row.document === document)?.nonce ?? null
  const read = async (document: DocumentId): Promise<Y.Doc> => {
    const doc = new Y.Doc()
    const { updates } = await store.load({ document, channel: 'content' })
    for (const update of updates) Y.applyUpdate(doc, update)
    return doc
  }
  /** Stores what a new writer puts into the title of `doc`. */
  const writeInto = async (document: DocumentId, doc: Y.Doc, at: number, text: string) => {
    const ref: ChannelRef = { document, channel: 'content' }
    const writer = newWriter()
    doc.clientID = clientIdOf(ref, device.person, writer)
    const before = Y.encodeStateVector(doc)
    doc.getText('title').insert(at, text)
    const update = Y.encodeStateAsUpdate(doc, before)
    await store.appendLocal(ref, [{ update, writer }])
    hub.tell({ kind: 'written', ref, tab: 'AAAAAAAAAAA' as TabId, writer, updates: [update] })
  }
  return {
    ...{ device, hub, notices, store, said, heard, exchange },
    httpSync: createHttpSync({ store, notices: hub, post, nonceOf }),
    make(nonce) {
      const document = documentIdOf(device.person, nonce)
      rows.push(rowOf(document, nonce))
      hub.tell({ kind: 'catalogue' })
      return document
    },
    add(document) {
      rows.push(rowOf(document, null))
      hub.tell({ kind: 'catalogue' })
    },
    write: (document, text) => writeInto(document, new Y.Doc(), 0, text),
    async append(document, text) {
      const doc = await read(document)
      await writeInto(document, doc, doc.getText('title').length, text)
    },
    show(document) {
      const tab = 'AAAAAAAAAAA' as TabId
      hub.tell({ kind: 'shows', tab, documents: [document], visible: true })
    },
    title: async (document) => (await read(document)).getText('title').toString(),
    noticed: (fits) =>
      new Promise((resolve) => {
        const look = (): void => {
          const found = notices.find(fits)
          if (found === undefined) return
          waiting.delete(look)
          resolve(found)
        }
        waiting.add(look)
        look()
      })
  }
}

/** Gives `guest` the role that a link of `owner` gives. */
export async function claim(
  owner: Device,
  guest: Device,
  document: DocumentId,
  role: 'viewer' | 'editor',
  made: { link: LinkId; secret: string; hash: string }
): Promise<void> {
  const { link, secret, hash } = made
  await owner.call('POST', paths.links(document), { link, role, hash })
  const { status } = await guest.call('POST', paths.claims(document), { link, secret, name: role })
  if (status >= 300) throw new Error(`Claim: ${status}`)
}

function rowOf(document: DocumentId, nonce: string | null): CatalogueRow {
  return {
    ...{ document, nonce, title: '', role: null, createdAt: 0, editedAt: 0, openedAt: null },
    ...{ removedAt: null, pinned: false, onDevice: true }
  }
}

function openSocketTo(url: string): OpenSocket {
  return (protocols, events) => {
    const socket = new WebSocket(url.replace(/^http/, 'ws') + paths.socket, [...protocols])
    socket.on('open', events.onOpen)
    socket.on('error', () => socket.terminate())
    socket.on('close', (code) => events.onClose(code))
    socket.on('message', (data: Buffer, isBinary) =>
      events.onFrame(isBinary ? new Uint8Array(data) : data.toString())
    )
    return { send: (data) => socket.send(data), close: (code) => socket.close(code) }
  }
}

// Knows all that was promised, and says at once when a promise is broken.
import * as Y from 'yjs'
import type { MemoryStore } from '../../app/store/memory-store'
import type { Log, NewEntry } from '../../sync-api/core/ports'
import {
  channelKey,
  type ChannelRef,
  type DocumentId,
  type PersonId
} from '../../sync-api/protocol/ids'
import type { ClientMessage, Entry, ServerMessage } from '../../sync-api/protocol/messages'
import {
  decodeRightsEntry,
  noRights,
  roleOf,
  withEntry,
  type Rights
} from '../../sync-api/protocol/rights'
import { mayWrite } from '../../sync-api/protocol/roles'
import { covers, isPending, replicaOf, stateOf } from './replica-state'
import { Violation } from './violation'

/** A device as far as promises about it are checked. */
export type Witness = {
  readonly name: string
  readonly person: PersonId
  readonly store: Pick<MemoryStore, 'state' | 'load' | 'pending' | 'copies'>
  readonly documents: readonly DocumentId[]
  tabs(): readonly { readonly id: string; readonly editors: readonly Editing[] }[]
}
type Editing = {
  readonly ref: ChannelRef
  doc(): Y.Doc | null
  isWritten(): boolean
}

export type Oracle = {
  /** A device committed a local update. */
  saved(device: string, document: DocumentId, update: Uint8Array): void
  heard(person: PersonId, message: ClientMessage): void
  said(message: ServerMessage): void
  appending(ref: ChannelRef, entries: readonly NewEntry[]): void
  appended(ref: ChannelRef, entries: readonly NewEntry[]): void
  relayDied(): void
  /** Something threw that should not. */
  failed(where: string, cause: unknown): void
  broken(what: string): void
  /** The device died: was its cursor ever ahead of what it had stored? */
  checkCursors(device: string): void
  /** Throws the first violation, if there was one. */
  assertSound(): void
  /** Everything that must hold when all has come to rest. */
  checkAtRest(): Promise<void>
  /** Why it has not come to rest; null when it has. */
  unrest(): Promise<string | null>
  role(document: DocumentId, person: PersonId): ReturnType<typeof roleOf>
  readonly counts: { acks: number; appends: number; saved: number; deaths: number }
}

const beginning = new Uint8Array(0)

export function createOracle(durable: Log, devices: readonly Witness[]): Oracle {
  const counts = { acks: 0, appends: 0, saved: 0, deaths: 0 }
  let violation: Violation | null = null
  /** By channel, then `outbox n`: every entry that was ever durable. */
  const logged = new Map<string, Map<string, NewEntry>>()
  const inOrder = new Map<string, NewEntry[]>()
  const lastOf = new Map<string, number>()
  const acked: { readonly ref: ChannelRef; readonly name: string }[] = []
  const savedBy: { device: string; document: DocumentId; update: Uint8Array }[] = []
  const rights = new Map<DocumentId, Rights>()
  /** Pushes that arrived while their author might write. */
  const allowed = new Set<string>()
  const checks: Promise<void>[] = []

  const nameOf = ({ outbox, n }: Pick<Entry, 'outbox' | 'n'>): string => `${outbox} ${n}`
  const role = (document: DocumentId, person: PersonId) =>
    roleOf(rights.get(document) ?? noRights, person)

  function broken(what: string): void {
    violation ??= new Violation(what)
  }

  function entriesOf(ref: ChannelRef): Map<string, NewEntry> {
    const key = channelKey(ref)
    const known = logged.get(key) ?? new Map<string, NewEntry>()
    logged.set(key, known)
    return known
  }

  function told(ref: ChannelRef, entries: readonly Entry[]): void {
    const known = entriesOf(ref)
    for (const entry of entries) {
      // Number 0 is a checkpoint; what it holds is compared when all is at rest.
      if (entry.n === 0) continue
      const stored = known.get(nameOf(entry))
      if (stored === undefined) return broken(`an entry was told before it was durable`)
      if (!sameBytes(stored.update, entry.update))
        return broken('an entry was told with other bytes')
    }
  }

  async function prefixOf(ref: ChannelRef, cursor: Uint8Array): Promise<readonly NewEntry[]> {
    const all = inOrder.get(channelKey(ref)) ?? []
    const head = await durable.head(ref)
    if (sameBytes(head.cursor, cursor)) return all
    let after = 0
    let at = cursor
    for (;;) {
      const page = await durable.read(ref, at, Infinity)
      // A cursor that means nothing is read anew; one inside a checkpoint covers an unknown part.
      if (page === null || page.checkpoint !== null) return []
      after += page.entries.length
      if (!page.more) return all.slice(0, all.length - after)
      at = page.to
    }
  }

  async function checkCursorsOf({ name, store, documents }: Witness): Promise<void> {
    for (const document of documents) {
      const ref = { document, channel: 'content' } as const
      const { cursor } = await store.state(ref)
      const doc = replicaOf((await store.load(ref)).updates)
      for (const entry of await prefixOf(ref, cursor)) {
        if (!covers(doc, entry.update)) {
          return broken(
            `${name}: the cursor covers entry ${entry.n} of ${entry.outbox}, which is not stored`
          )
        }
      }
    }
  }

  return {
    counts,
    role,
    saved(device, document, update) {
      counts.saved += 1
      savedBy.push({ device, document, update })
    },
    heard(person, message) {
      if (message.type !== 'push') return
      if (mayWrite(role(message.document, person), message.channel)) {
        allowed.add(`${channelKey(message)} ${nameOf(message)}`)
      }
    },
    said(message) {
      if (message.type === 'entry' || message.type === 'catch-up') told(message, message.entries)
      if (message.type !== 'ack') return
      counts.acks += 1
      acked.push({
        ref: { document: message.document, channel: message.channel },
        name: nameOf(message)
      })
      if (!entriesOf(message).has(nameOf(message))) {
        broken(`push ${message.n} was acknowledged before it was durable`)
      }
    },
    appending(ref, entries) {
      if (ref.channel === 'rights') return
      for (const entry of entries) {
        const may = mayWrite(role(ref.document, entry.person), ref.channel)
        const might = allowed.has(`${channelKey(ref)} ${nameOf(entry)}`)
        if (!may && !might) broken(`somebody without the right wrote entry ${entry.n}`)
      }
    },
    appended(ref, entries) {
      const key = channelKey(ref)
      const list = inOrder.get(key) ?? []
      inOrder.set(key, list)
      for (const entry of entries) {
        counts.appends += 1
        const last = lastOf.get(`${key} ${entry.outbox}`) ?? 0
        if (entry.n !== last + 1) broken(`entry ${entry.n} of an outbox follows entry ${last}`)
        lastOf.set(`${key} ${entry.outbox}`, entry.n)
        entriesOf(ref).set(nameOf(entry), entry)
        list.push(entry)
        if (ref.channel !== 'rights') continue
        const before = rights.get(ref.document) ?? noRights
        rights.set(ref.document, withEntry(before, decodeRightsEntry(entry.update)))
      }
    },
    relayDied() {
      counts.deaths += 1
    },
    failed(where, cause) {
      // The store failing is a fault of this world; anything else is a bug.
      if (cause instanceof Error && cause.name === 'StoreFailure') return
      broken(`${where}: ${cause instanceof Error ? (cause.stack ?? cause.message) : String(cause)}`)
    },
    broken,
    checkCursors(name) {
      const device = devices.find((one) => one.name === name)
      if (device !== undefined) checks.push(checkCursorsOf(device))
    },
    assertSound() {
      if (violation !== null) throw violation
    },
    async unrest() {
      for (const device of devices) {
        const [pending] = await device.store.pending()
        if (pending !== undefined) return `${device.name} still has something to send`
        for (const { editors } of device.tabs()) {
          if (editors.some((editor) => !editor.isWritten())) return `${device.name} still writes`
        }
        for (const document of device.documents) {
          if (role(document, device.person) === null) continue
          const ref = { document, channel: 'content' } as const
          const { cursor } = await device.store.state(ref)
          const head = await durable.head(ref)
          if (!sameBytes(cursor, head.cursor)) return `${device.name} has not caught up`
        }
      }
      return null
    },
    async checkAtRest() {
      await Promise.all(checks)
      for (const device of devices) await checkCursorsOf(device)
      for (const { ref, name } of acked) {
        if (!entriesOf(ref).has(name)) broken(`acknowledged and not in the log: ${name}`)
      }
      const documents = new Set(devices.flatMap((device) => device.documents))
      for (const document of documents) await checkDocument(document)
    }
  }

  async function checkDocument(document: DocumentId): Promise<void> {
    const ref = { document, channel: 'content' } as const
    const log = replicaOf((inOrder.get(channelKey(ref)) ?? []).map((entry) => entry.update))
    const handedOut = replicaOf(await readAll(durable, ref))
    if (isPending(log)) return broken('the log holds something that builds on nothing')
    if (stateOf(handedOut) !== stateOf(log)) return broken('the folded log is another document')
    for (const device of devices) {
      if (!device.documents.includes(document)) continue
      checkSaved(device, document, log)
      if (role(document, device.person) === null) continue
      const stored = replicaOf((await device.store.load(ref)).updates)
      compare(`the store of ${device.name}`, stored, log)
      for (const tab of device.tabs()) {
        for (const editor of tab.editors) {
          const doc = editor.doc()
          if (editor.ref.document === document && doc !== null) {
            compare(`tab ${tab.id} of ${device.name}`, doc, log)
          }
        }
      }
    }
  }

  function checkSaved(device: Witness, document: DocumentId, log: Y.Doc): void {
    // What was typed while an outbox was set aside builds on what the copy before it holds.
    const aside = [...device.store.copies.values()]
      .filter((copy) => copy.ref.document === document)
      .flatMap((copy) => [...copy.updates, ...copy.unacknowledged])
    const copies = aside.length === 0 ? [] : [replicaOf([Y.encodeStateAsUpdate(log), ...aside])]
    for (const saved of savedBy) {
      if (saved.device !== device.name || saved.document !== document) continue
      const safe = [log, ...copies].some((doc) => covers(doc, saved.update))
      if (!safe)
        return broken(`${device.name} saved an edit that reached neither the log nor a copy`)
    }
  }

  function compare(whose: string, doc: Y.Doc, log: Y.Doc): void {
    if (isPending(doc)) return broken(`${whose} waits for something that never comes`)
    if (stateOf(doc) !== stateOf(log)) broken(`${whose} differs from the log`)
  }
}

async function readAll(log: Log, ref: ChannelRef): Promise<Uint8Array[]> {
  const updates: Uint8Array[] = []
  for (let at: Uint8Array = beginning; ;) {
    const page = await log.read(ref, at, Infinity)
    if (page === null) throw new Error('The log does not know its own cursor')
    if (page.checkpoint !== null) updates.push(page.checkpoint.update)
    updates.push(...page.entries.map((entry) => entry.update))
    if (!page.more) return updates
    at = page.to
  }
}

function sameBytes(one: Uint8Array, other: Uint8Array): boolean {
  return one.length === other.length && one.every((byte, at) => byte === other[at])
}

// What must hold once everything works again and nothing is left to do.
import type * as Y from 'yjs'
import type { Log, NewEntry } from '../../sync-api/core/ports'
import type { ChannelRef, DocumentId } from '../../sync-api/protocol/ids'
import { mayWrite } from '../../sync-api/protocol/roles'
import type { Device } from './device'
import { createKnowledge } from './knowledge'
import { covers, isPending, replicaOf, stateOf } from './replica-state'
import { repeatedWord } from './repeated-word'
import { sameBytes } from './same-bytes'
import type { World } from './world'

export type AtRest = {
  /** Why it has not come to rest; null when it has. */
  unrest(): Promise<string | null>
  check(): Promise<void>
  /** Whether the device's cursors cover only what it has stored. */
  checkCursors(device: Device): Promise<void>
}

const beginning = new Uint8Array(0)

export function createAtRest(world: World, durable: Log, devices: readonly Device[]): AtRest {
  const { oracle } = world
  const { log, edits } = oracle
  const { broken, role } = oracle

  async function unrestOf(device: Device): Promise<string | null> {
    const [pending] = await device.disk.pending()
    if (pending !== undefined) return `${device.name} still has something to send`
    for (const document of device.documents) {
      if (role(document, device.person) === null) continue
      const { cursor } = await device.disk.state(contentOf(document))
      const head = await durable.head(contentOf(document))
      if (!sameBytes(cursor, head.cursor)) return `${device.name} has not caught up`
    }
    for (const { id, editors } of device.tabs()) {
      for (const editor of editors) {
        if (!editor.isWritten()) return `${device.name} still writes`
        const { kind } = editor.status()
        const sure = role(editor.ref.document, device.person) === null || kind === 'saved'
        if (!sure) return `${device.name} tab ${id} says ${kind}`
      }
    }
    return null
  }

  /** The entries a cursor covers, as far as the log can tell. */
  async function prefixOf(ref: ChannelRef, cursor: Uint8Array): Promise<readonly NewEntry[]> {
    const all = log.inOrder(ref)
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

  async function checkCursors({ name, disk, documents }: Device): Promise<void> {
    for (const document of documents) {
      const ref = contentOf(document)
      const { cursor } = await disk.state(ref)
      if (cursor.length === 0) continue
      const stored = createKnowledge((await disk.load(ref)).updates)
      for (const { update, outbox, n } of await prefixOf(ref, cursor)) {
        if (stored.covers(update)) continue
        return broken(`${name}: the cursor covers entry ${n} of ${outbox}, which is not stored`)
      }
    }
  }

  /** The document as its entries give it; checked against what the relay hands out. */
  async function checkLog(document: DocumentId): Promise<Y.Doc> {
    const ref = contentOf(document)
    const doc = replicaOf(log.inOrder(ref).map((entry) => entry.update))
    const handedOut = replicaOf(await readAll(durable, ref))
    if (isPending(doc)) broken('the log holds something that builds on nothing')
    else if (stateOf(handedOut) !== stateOf(doc)) broken('the folded log is another document')
    const twice = repeatedWord(doc)
    if (twice !== null) broken(`${twice} was typed once and stands there twice`)
    return doc
  }

  async function checkDevice(device: Device, document: DocumentId, doc: Y.Doc): Promise<void> {
    checkPromised(device, document)
    if (role(document, device.person) === null) return
    const stored = replicaOf((await device.disk.load(contentOf(document))).updates)
    compare(device, document, `the store of ${device.name}`, stored, doc)
    for (const tab of device.tabs()) {
      for (const editor of tab.editors) {
        const shown = editor.doc()
        if (editor.ref.document !== document || shown === null) continue
        compare(device, document, `tab ${tab.id} of ${device.name}`, shown, doc)
      }
    }
  }

  /** What was typed while an outbox was set aside builds on what the copy before it holds. */
  function inCopies(device: Device, document: DocumentId): readonly Uint8Array[] {
    return device.disk
      .copies()
      .filter((copy) => copy.ref.document === document)
      .flatMap((copy) => [...copy.updates, ...copy.unacknowledged])
  }

  function checkPromised(device: Device, document: DocumentId): void {
    const safe = log.holds(document)
    const missing = edits.promised(device.name, document).filter((one) => !safe.covers(one))
    if (missing.length === 0) return
    const aside = inCopies(device, document)
    const copy = replicaOf([...log.inOrder(contentOf(document)).map((one) => one.update), ...aside])
    if (missing.every((one) => covers(copy, one))) return
    if (log.wasRestored() && !mayWrite(role(document, device.person), 'content')) return
    broken(`${device.name} saved an edit that reached neither the log nor a copy`)
  }

  function compare(device: Device, document: DocumentId, whose: string, doc: Y.Doc, log: Y.Doc) {
    // Who may only read keeps what a restored log has lost, and has no right to give it back.
    const mayDiffer =
      oracle.log.wasRestored() && !mayWrite(role(document, device.person), 'content')
    const same = stateOf(doc) === stateOf(log)
    // Told live before what it builds on had been read, which a restored backup then lost: it is kept, and shows nothing.
    const mayWait = oracle.log.wasRestored() && same
    if (isPending(doc) && !mayWait) return broken(`${whose} waits for something that never comes`)
    if (!mayDiffer && !same) broken(`${whose} differs from the log`)
  }

  /** Acknowledged is durable, except where a restored backup lost it and nobody is left to give it back. */
  function checkAcknowledged(): void {
    for (const { ref, entry } of oracle.acked.values()) {
      if (log.holds(ref.document).covers(entry.update)) continue
      // What was sent from memory also deletes what no entry names: who deletes a block deletes what others write into it.
      const read = [...log.inOrder(ref).map((one) => one.update)]
      if (covers(replicaOf(read), entry.update)) continue
      const authors = devices.filter((device) => device.person === entry.person)
      const mayBeLost =
        log.wasRestored() &&
        authors.every((device) => {
          const aside = inCopies(device, ref.document)
          const copied = aside.length > 0 && covers(replicaOf([...read, ...aside]), entry.update)
          // A second device of its author may never have heard of it.
          const had = createKnowledge(device.disk.everStored(ref)).covers(entry.update)
          return copied || !had || !mayWrite(role(ref.document, entry.person), 'content')
        })
      if (!mayBeLost) broken(`acknowledged and not in the log: ${entry.n} of ${entry.outbox}`)
    }
  }

  return {
    checkCursors,
    async unrest() {
      for (const device of devices) {
        const unrest = await unrestOf(device)
        if (unrest !== null) return unrest
      }
      return null
    },
    async check() {
      for (const device of devices) await checkCursors(device)
      checkAcknowledged()
      for (const document of new Set(devices.flatMap((device) => device.documents))) {
        const doc = await checkLog(document)
        for (const device of devices) {
          if (device.documents.includes(document)) await checkDevice(device, document, doc)
        }
      }
    }
  }
}

function contentOf(document: DocumentId): ChannelRef {
  return { document, channel: 'content' }
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

// A replica: what it stores, tells and survives.
import { describe, expect, test } from 'vitest'
import * as Y from 'yjs'
import { createNoticeHub } from '../../app/store/memory-notices'
import { StoreFailure, type ReplicaStore } from '../../app/store/ports'
import { entryZero, entryZeroClient } from '../../sync-api/protocol/entry-zero'
import { clientIdOf } from '../../sync-api/protocol/ids'
import { aPerson, aRef } from '../contracts/store-samples'
import { bodyOf, createBrowser, ref, titleOf, write } from './browser'

const nowhere = new Uint8Array()

describe('a replica', () => {
  test('of a new document holds entry zero and nothing else, and stores nothing', async () => {
    const browser = createBrowser()
    const one = await browser.open()
    const other = await browser.open()
    expect(bodyOf(one)).toBe('<paragraph></paragraph>')
    expect(Y.encodeStateAsUpdate(one.doc)).toEqual(Y.encodeStateAsUpdate(other.doc))
    expect([...Y.decodeStateVector(Y.encodeStateVector(one.doc)).keys()]).toEqual([entryZeroClient])
    expect((await browser.store.load(ref)).updates).toEqual([])
  })

  test('writes under the client id of its own writer', async () => {
    const replica = await createBrowser().open()
    expect(replica.doc.clientID).toBe(clientIdOf(ref, aPerson, replica.writer))
    expect(replica.awareness.clientID).toBe(replica.doc.clientID)
  })

  test('takes a fresh writer when somebody else inserts under its client id', async () => {
    const browser = createBrowser()
    const replica = await browser.open()
    const { writer } = replica
    const thief = new Y.Doc()
    thief.clientID = replica.doc.clientID
    thief.getText('title').insert(0, 'stolen')
    browser.hub().tell({ kind: 'received', ref, updates: [Y.encodeStateAsUpdate(thief)] })
    expect(replica.writer).not.toBe(writer)
    expect(replica.doc.clientID).toBe(clientIdOf(ref, aPerson, replica.writer))
    expect(replica.awareness.clientID).toBe(replica.doc.clientID)
  })

  test('tells of an edit only after it is stored, and never stores what others did', async () => {
    const browser = createBrowser()
    const order: string[] = []
    browser.hub().listen((notice) => notice.kind === 'written' && order.push('told'))
    const store: ReplicaStore = {
      ...browser.store,
      async appendLocal(to, updates) {
        const row = await browser.store.appendLocal(to, updates)
        order.push('stored')
        return row
      }
    }
    const one = await browser.open({ store })
    const other = await browser.open({ store })
    write(one, 'hello')
    await one.written()
    expect(order).toEqual(['stored', 'told'])
    expect(titleOf(other)).toBe('hello')
    expect((await browser.store.load(ref)).updates).toHaveLength(1)
  })

  test('opens with what was stored, and reads what it slept through', async () => {
    const browser = createBrowser()
    const one = await browser.open()
    write(one, 'first')
    await one.written()
    const asleep = await browser.open({ notices: createNoticeHub()() })
    expect(titleOf(asleep)).toBe('first')
    write(one, 'second ')
    await browser.time.advance(100)
    expect(titleOf(asleep)).toBe('first')
    await asleep.refresh()
    expect(titleOf(asleep)).toBe('second first')
    expect((await browser.store.load(ref)).updates).toHaveLength(2)
  })

  test('hears what another tab commits while it reads its rows', async () => {
    const browser = createBrowser()
    const one = await browser.open()
    const late: ReplicaStore = {
      ...browser.store,
      async load(of) {
        const stored = await browser.store.load(of)
        write(one, 'meanwhile')
        await one.written()
        return stored
      }
    }
    const other = await browser.open({ store: late })
    expect(titleOf(other)).toBe('meanwhile')
  })

  test('is opened without what was set aside while it read its rows', async () => {
    const browser = createBrowser()
    const one = await browser.open()
    write(one, 'refused')
    await one.written()
    let loads = 0
    const late: ReplicaStore = {
      ...browser.store,
      async load(of) {
        const stored = await browser.store.load(of)
        if (++loads > 1) return stored
        write(one, 'built on it, ')
        await browser.time.advance(100)
        const copy = await browser.store.setAside(ref, 'not-allowed')
        browser.hub().tell({ kind: 'set-aside', ref, reason: 'not-allowed', copy })
        return stored
      }
    }
    const other = await browser.open({ store: late })
    expect(titleOf(one)).toBe('built on it, refused')
    expect(titleOf(other)).toBe('')
    expect(other.doc.store.pendingStructs).toBeNull()
  })

  test('passes over what a tab still writes on what was set aside', async () => {
    const browser = createBrowser()
    // Asleep: it has not heard that its edits were refused.
    const asleep = await browser.open({
      notices: { ...browser.hub(), listen: () => () => undefined }
    })
    write(asleep, 'refused')
    await asleep.written()
    await browser.store.setAside(ref, 'not-allowed')
    const awake = await browser.open()
    write(asleep, 'built on it, ')
    await browser.time.advance(100)
    expect(titleOf(awake)).toBe('')
    expect(awake.doc.store.pendingStructs).toBeNull()
    expect(await browser.store.seal(ref)).toEqual([])
    write(awake, 'anew')
    await browser.time.advance(100)
    expect(await browser.store.seal(ref)).toHaveLength(1)
  })

  test('says that it was set aside, and only then', async () => {
    const browser = createBrowser()
    const replica = await browser.open()
    const told: string[] = []
    replica.watchSetAside(() => told.push('first'))
    browser.hub().tell({ kind: 'settled', ref })
    browser.hub().tell({ kind: 'set-aside', ref: aRef(2), reason: 'not-allowed', copy: 1 })
    expect(told).toEqual([])
    browser.hub().tell({ kind: 'set-aside', ref, reason: 'not-allowed', copy: 1 })
    replica.watchSetAside(() => told.push('late'))
    expect(told).toEqual(['first', 'late'])
  })

  test('holds back what nobody has seen until it is shown, and answers for what was written before', async () => {
    const browser = createBrowser()
    const before = await browser.open()
    write(before, 'mine')
    await before.close()
    const others = new Y.Doc()
    others.getText('title').insert(0, 'theirs ')
    const update = Y.encodeStateAsUpdate(others)
    await browser.store.receive(ref, [update], new Uint8Array(0), new Uint8Array(1))

    let claimed = false
    const claimEarlier = () => {
      const claim = claimed ? null : () => void (claimed = false)
      claimed = true
      return Promise.resolve(claim)
    }
    const after = await browser.open({ claimEarlier })
    expect(titleOf(after)).toBe('mine')
    expect(after.isMine(before.doc.clientID)).toBe(true)
    expect(after.isMine(others.clientID)).toBe(false)
    const heard: Uint8Array[] = []
    after.beforeReceived((updates) => heard.push(...updates))
    others.getText('title').insert(0, 'and ')
    const live = Y.encodeStateAsUpdate(others)
    browser.hub().tell({ kind: 'received', ref, updates: [live] })
    expect(titleOf(after)).toBe('mine')
    after.catchUp()
    expect(heard).toEqual([update, live])
    expect(titleOf(after)).toContain('theirs')

    const second = await browser.open({ claimEarlier })
    expect(titleOf(second)).toContain('theirs')
    expect(second.isMine(before.doc.clientID)).toBe(false)
    await after.close()
    expect(claimed).toBe(false)
  })

  test('does not stand in for a document that could not be read', async () => {
    const browser = createBrowser()
    const load = (): Promise<never> => Promise.reject(new StoreFailure('damaged', 'bad sector'))
    await expect(browser.open({ store: { ...browser.store, load } })).rejects.toThrow('damaged')
  })

  test('opens past an update that cannot be read, and says so', async () => {
    const browser = createBrowser()
    const troubles: unknown[] = []
    await browser.store.receive(ref, [new Uint8Array([9, 9, 9])], nowhere, nowhere)
    const doc = new Y.Doc()
    doc.getText('title').insert(0, 'whole')
    await browser.store.receive(ref, [Y.encodeStateAsUpdate(doc)], nowhere, nowhere)
    const replica = await browser.open({ onTrouble: (cause) => troubles.push(cause) })
    expect(titleOf(replica)).toBe('whole')
    expect(troubles).toHaveLength(1)
  })

  test('stays open with its edits when closing cannot write them', async () => {
    const browser = createBrowser()
    let full = true
    const store: ReplicaStore = {
      ...browser.store,
      appendLocal: (to, updates) =>
        full
          ? Promise.reject(new StoreFailure('quota', 'full'))
          : browser.store.appendLocal(to, updates)
    }
    const replica = await browser.open({ store })
    write(replica, 'kept')
    await expect(replica.close()).rejects.toThrow('quota')
    expect(titleOf(replica)).toBe('kept')
    full = false
    await replica.close()
    expect((await browser.store.load(ref)).updates).toHaveLength(1)
  })

  test('of a viewer does not send the clean-up of formatting marks that Yjs makes', async () => {
    const browser = createBrowser()
    const viewer = await browser.open({ mayWrite: () => false })
    viewer.doc.getText('title').insert(0, 'cleaned')
    await browser.time.advance(100)
    expect((await browser.store.load(ref)).updates).toEqual([])
  })

  test('of a viewer holds what was written, and not what Yjs would make of it', async () => {
    // Two people make the same words bold: one of each pair of marks is redundant.
    const [one, other] = [new Y.Doc(), new Y.Doc()]
    one.getText('title').insert(0, 'both bold')
    Y.applyUpdate(other, Y.encodeStateAsUpdate(one))
    for (const doc of [one, other]) doc.getText('title').format(0, 4, { bold: {} })
    const written = [one, other].map((doc) => Y.encodeStateAsUpdate(doc))
    const tidied = async (mayWrite: boolean): Promise<boolean> => {
      const browser = createBrowser()
      const { doc } = await browser.open({ mayWrite: () => mayWrite })
      doc.getText('title')
      const tab = browser.hub()
      for (const update of written) tab.tell({ kind: 'received', ref, updates: [update] })
      await browser.time.advance(100)
      return Y.snapshot(doc).ds.clients.size > 0
    }
    expect(await tidied(true)).toBe(true)
    expect(await tidied(false)).toBe(false)
  })

  test('undoes in the text what the editor did and leaves the title alone', async () => {
    const replica = await createBrowser().open()
    const editor = {}
    replica.undo.addTrackedOrigin(editor)
    replica.doc.transact(() => {
      replica.doc.getXmlFragment('body').push([new Y.XmlElement('heading')])
      replica.doc.getText('title').insert(0, 'Title')
    }, editor)
    replica.undo.undo()
    expect(bodyOf(replica)).toBe('<paragraph></paragraph>')
    expect(titleOf(replica)).toBe('Title')
  })

  test('keeps a recovery copy at quiet and at closing, only when something changed', async () => {
    const browser = createBrowser()
    const copies: string[] = []
    const writeCopy = (document: string, state: Uint8Array): Promise<void> => {
      const doc = new Y.Doc()
      Y.applyUpdate(doc, state)
      copies.push(`${document === ref.document}: ${doc.getText('title').toJSON()}`)
      return Promise.resolve()
    }
    const replica = await browser.open({ writeCopy })
    write(replica, 'one')
    await browser.time.advance(60_000)
    expect(copies).toEqual(['true: one'])
    await replica.close()
    const again = await browser.open({ writeCopy })
    write(again, 'two ')
    await again.close()
    expect(copies).toEqual(['true: one', 'true: two one'])
  })
})

test('entry zero is one empty paragraph', () => {
  const doc = new Y.Doc()
  Y.applyUpdate(doc, entryZero)
  expect(doc.getXmlFragment('body').toJSON()).toBe('<paragraph></paragraph>')
})

// Who is connected and listens to what, as the functions of a region keep it in DynamoDB.
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Connections, Greeted, Member } from '../../../sync-api/adapters/aws/connections'
import { connectionLifetimeS, connectionShards } from '../../../sync-api/adapters/aws/limits'
import { channelOf, personOf } from '../../contracts/log-samples'
import {
  document,
  functionOn,
  memberOf,
  openConnectionsTable,
  type ConnectionsBed
} from './connections-bed'

let bed: ConnectionsBed
let connections: Connections

beforeEach(async () => {
  bed = await openConnectionsTable({ ttlLateMs: () => 1_000_000 })
  connections = functionOn(bed)
})
afterEach(() => bed.stop())

const other = channelOf('other').document
const lifetimeMs = connectionLifetimeS * 1000

/** Whose ticket runs out `ms` from now. */
const greetedOf = (id: string, ms = 60_000): Greeted => ({
  ...{ id, person: personOf(1), protocol: 3, expiresAt: bed.time.now() + ms }
})

const byName = (members: readonly Member[]): readonly string[] =>
  members.map((one) => `${one.channel} ${one.connection}`).toSorted()

describe('the hello of a connection', () => {
  it('is taken once, and the second one changes nothing', async () => {
    expect(await connections.greet(greetedOf('a'))).toBe(true)
    const again = { ...greetedOf('a', 90_000), person: personOf(2) }
    expect(await connections.greet(again)).toBe(false)
    expect(await functionOn(bed).greet(again)).toBe(false)
    expect(await connections.find('a')).toEqual(greetedOf('a'))
    expect(await functionOn(bed).find('a')).toEqual(greetedOf('a'))
  })

  it('is taken from one of those who say it at the same time', async () => {
    const said = Array.from({ length: 5 }, () => functionOn(bed).greet(greetedOf('a')))
    expect((await Promise.all(said)).filter(Boolean)).toHaveLength(1)
  })

  it('is known to every function, and to none before it', async () => {
    expect(await connections.find('a')).toBeNull()
    await functionOn(bed).greet(greetedOf('a'))
    expect(await connections.find('a')).toEqual(greetedOf('a'))
    expect(await connections.find('b')).toBeNull()
  })
})

describe('the ticket of a connection', () => {
  it('is renewed to a later time and never back to an earlier one', async () => {
    const { expiresAt } = greetedOf('a')
    await connections.greet(greetedOf('a'))
    await connections.renew('a', expiresAt + 2_000)
    await connections.renew('a', expiresAt + 1_000)
    expect((await connections.find('a'))?.expiresAt).toBe(expiresAt + 2_000)
    expect((await functionOn(bed).find('a'))?.expiresAt).toBe(expiresAt + 2_000)
  })

  it('renewed by another function is found when the one that is remembered has run out', async () => {
    const { expiresAt } = greetedOf('a')
    await connections.greet(greetedOf('a'))
    await functionOn(bed).renew('a', expiresAt + 60_000)
    await bed.time.advance(60_000)
    expect((await connections.find('a'))?.expiresAt).toBe(expiresAt + 60_000)
  })

  it('of a connection that is gone is not renewed', async () => {
    await connections.renew('a', bed.time.now() + 1_000)
    expect(await connections.find('a')).toBeNull()
    expect(bed.rows()).toEqual([])
  })
})

describe('the members of a document', () => {
  it('are those who entered a channel, whole and under every function', async () => {
    const away = memberOf('c=#', { channel: 'away', role: null, person: personOf(2) })
    const all = [memberOf('a', { protocol: 2 }), memberOf('b', { channel: 'comments' }), away]
    await connections.enter(all)
    const others = functionOn(bed)
    expect(await others.membersOf(document, 'content')).toEqual([all[0]])
    expect(await others.membersOf(document, 'comments')).toEqual([all[1]])
    expect(await others.membersOf(document, 'rights')).toEqual([])
    const everybody = await others.membersOf(document, null)
    expect(everybody).toHaveLength(3)
    expect(everybody).toEqual(expect.arrayContaining(all))
    expect(await others.membersOf(other, null)).toEqual([])
  })

  it('have the role that they entered with last', async () => {
    await connections.enter([memberOf('a')])
    await connections.enter([memberOf('a', { role: 'viewer' })])
    expect(await connections.membersOf(document, null)).toEqual([memberOf('a', { role: 'viewer' })])
  })

  it('are no more where they left, and still where they did not', async () => {
    const [content, comments] = [memberOf('a'), memberOf('a', { channel: 'comments' })]
    await connections.enter([content, comments, memberOf('b')])
    await connections.leave('a', [content])
    expect(byName(await connections.membersOf(document, null))).toEqual(['comments a', 'content b'])
    expect(await connections.placesOf('a')).toEqual([{ document, channel: 'comments' }])
    await connections.leave('a', [content])
    expect(await connections.placesOf('b')).toEqual([{ document, channel: 'content' }])
  })

  it('are so up to the second in which their rows run out, deleted or not', async () => {
    await connections.enter([memberOf('a')])
    await bed.time.advance(lifetimeMs - 1_000)
    await connections.enter([memberOf('b')])
    expect(byName(await connections.membersOf(document, null))).toEqual(['content a', 'content b'])
    await bed.time.advance(1_000)
    expect(bed.rows()).toContain('content#a')
    expect(byName(await connections.membersOf(document, null))).toEqual(['content b'])
    expect(byName(await connections.membersOf(document, 'content'))).toEqual(['content b'])
  })

  it('are all found where a page does not hold them', async () => {
    // A page is 1 MB: rows whose keys are as long as keys may be fill it soonest.
    const names = Array.from({ length: 1_100 }, (_, at) => `${at + 1_000}`.padEnd(1_000, 'x'))
    for (let at = 0; at < names.length; at += 250) {
      await connections.enter(names.slice(at, at + 250).map((one) => memberOf(one)))
      // A partition takes 1,000 units a second.
      await bed.time.advance(1_000)
    }
    const found = await connections.membersOf(document, 'content')
    expect(found.map(({ connection }) => connection).toSorted()).toEqual(names)
  })
})

describe('a connection that is gone', () => {
  it('is taken out of every place it was in, and out of nobody else’s', async () => {
    await connections.greet(greetedOf('a'))
    await connections.greet(greetedOf('b'))
    const places = [memberOf('a'), memberOf('a', { channel: 'rights' })]
    const elsewhere = memberOf('a', { document: other, channel: 'away', role: null })
    await connections.enter([...places, elsewhere, memberOf('b')])
    const left = await functionOn(bed).forget('a')
    expect(left.map(({ document, channel }) => `${document} ${channel}`).toSorted()).toEqual(
      [`${document} content`, `${document} rights`, `${other} away`].toSorted()
    )
    expect(byName(await connections.membersOf(document, null))).toEqual(['content b'])
    expect(await connections.membersOf(other, null)).toEqual([])
    expect(await connections.placesOf('a')).toEqual([])
    expect(await functionOn(bed).find('a')).toBeNull()
    expect(await functionOn(bed).find('b')).not.toBeNull()
    expect((await connections.count()).all).toBe(1)
    expect(await connections.forget('a')).toEqual([])
  })

  it('leaves nothing behind that nobody finds, at whatever call a function died', async () => {
    const one = memberOf('a')
    const enter = () => connections.enter([one])
    const leave = () => connections.leave('a', [one])
    const forget = () => connections.forget('a')
    for (const [before, dying] of [[leave, enter] as const, [enter, leave], [enter, forget]]) {
      for (let call = 1, isDone = false; !isDone; call++) {
        await connections.greet(greetedOf('a'))
        await before()
        bed.dieAt(call)
        isDone = await dying().then(
          () => true,
          () => false
        )
        bed.dieAt(Infinity)
        await functionOn(bed).forget('a')
        expect(bed.rows()).toEqual([])
      }
    }
  })
})

describe('the count of connections', () => {
  it('finds all over all partitions, and those that have outlived their ticket', async () => {
    expect(await connections.count()).toEqual({ all: 0, overdue: [] })
    const names = Array.from({ length: 4 * connectionShards }, (_, at) => `connection ${at}`)
    for (const [at, name] of names.entries()) {
      await connections.greet(greetedOf(name, at % 2 === 0 ? 1_000 : 2_000))
    }
    await connections.enter([memberOf('connection 1')])
    await bed.time.advance(999)
    expect(await connections.count()).toEqual({ all: names.length, overdue: [] })
    await bed.time.advance(1)
    const { all, overdue } = await connections.count()
    expect(all).toBe(names.length)
    expect(overdue.toSorted()).toEqual(names.filter((_, at) => at % 2 === 0).toSorted())
    await connections.renew('connection 0', bed.time.now() + 1_000)
    await connections.forget('connection 1')
    const later = await connections.count()
    expect(later.all).toBe(names.length - 1)
    expect(later.overdue).not.toContain('connection 0')
  })
})

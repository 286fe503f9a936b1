// Who is connected to a region, and listens to what: rows of a table of that region alone. A function knows nobody by itself.
import { allOf } from '../../core/all-of'
import {
  ConditionalCheckFailedException,
  GetItemCommand,
  PutItemCommand,
  UpdateItemCommand,
  type WriteRequest
} from '@aws-sdk/client-dynamodb'
import { createLru } from '../../core/lru'
import type { ConnectionId, TicketClaims } from '../../core/ports'
import { channelRefOf, isPersonId, type DocumentId, type PersonId } from '../../protocol/ids'
import { roles, type Channel, type Role } from '../../protocol/roles'
import { keyOf, queryAll, writeAll, type Item, type ItemsParts } from './items'
import { connectionLifetimeS, connectionsCachedMax, connectionShards } from './limits'

/** A connection that has said hello. */
export type Greeted = TicketClaims & {
  readonly id: ConnectionId
  /** Version of the wire that both sides speak. */
  readonly protocol: number
}

/** Where a connection listens; in `away` it waits for a right that it does not have. */
export type Place = { readonly document: DocumentId; readonly channel: Channel | 'away' }

/** Somebody in a place. */
export type Member = Place & {
  readonly connection: ConnectionId
  readonly person: PersonId
  readonly protocol: number
  /** Null in `away`, and while it is being looked up. */
  readonly role: Role | null
}

export type Connections = {
  /** False when it had said hello before. */
  greet(greeted: Greeted): Promise<boolean>
  /** Null before its hello, and when it is gone. */
  find(id: ConnectionId): Promise<Greeted | null>
  renew(id: ConnectionId, expiresAt: number): Promise<void>
  /** Durable when resolved: whoever reads the members of its place from then on finds it. */
  enter(members: readonly Member[]): Promise<void>
  leave(id: ConnectionId, places: readonly Place[]): Promise<void>
  placesOf(id: ConnectionId): Promise<readonly Place[]>
  /** Of one channel of a document, or of all. */
  membersOf(document: DocumentId, channel: Channel | null): Promise<readonly Member[]>
  /** The connection is gone; answers where it was. */
  forget(id: ConnectionId): Promise<readonly Place[]>
  /** How many there are, about, and which have outlived their ticket. */
  count(): Promise<{ readonly all: number; readonly overdue: readonly ConnectionId[] }>
}

/** `now` in ms since 1970. */
export function createConnections(parts: ItemsParts, now: () => number): Connections {
  const { client, name } = parts
  const known = createLru<ConnectionId, Greeted>(connectionsCachedMax)
  const expiry = (): Item => ({
    exp: { N: String(Math.floor(now() / 1000) + connectionLifetimeS) }
  })

  async function read(id: ConnectionId): Promise<Greeted | null> {
    const Key = keyOf(shardOf(id), id)
    const { Item } = await client.send(
      new GetItemCommand({ TableName: name, Key, ConsistentRead: true })
    )
    return Item === undefined ? null : greetedOf(id, Item)
  }

  async function placesOf(id: ConnectionId): Promise<readonly Place[]> {
    const items = await queryAll(parts, {
      KeyConditionExpression: 'pk = :pk',
      ExpressionAttributeValues: { ':pk': { S: placesKey(id) } }
    })
    return items.map(({ sk }) => placeOf(textOf(sk?.S)))
  }

  async function leave(id: ConnectionId, places: readonly Place[]): Promise<void> {
    // Its place first: as long as the other row stands, whoever comes after finds what is left.
    await writeAll(
      parts,
      places.map((place) => removal(roomKey(place.document), memberKey(place, id)))
    )
    await writeAll(
      parts,
      places.map((place) => removal(placesKey(id), nameOf(place)))
    )
  }

  return {
    async greet(greeted) {
      const { id, person, protocol, expiresAt } = greeted
      const facts = { p: { S: person }, v: { N: String(protocol) }, x: { N: String(expiresAt) } }
      try {
        await client.send(
          new PutItemCommand({
            TableName: name,
            Item: { ...keyOf(shardOf(id), id), ...facts, ...expiry() },
            ConditionExpression: 'attribute_not_exists(sk)'
          })
        )
      } catch (cause) {
        if (cause instanceof ConditionalCheckFailedException) return false
        throw cause
      }
      known.set(id, greeted)
      return true
    },

    async find(id) {
      const there = known.get(id)
      // Another function may have heard of a newer ticket.
      if (there !== undefined && now() < there.expiresAt) return there
      const found = await read(id)
      if (found !== null) known.set(id, found)
      return found
    },

    async renew(id, expiresAt) {
      known.delete(id)
      try {
        await client.send(
          new UpdateItemCommand({
            ...{ TableName: name, Key: keyOf(shardOf(id), id), UpdateExpression: 'SET x = :x' },
            ConditionExpression: 'attribute_exists(sk) AND x < :x',
            ExpressionAttributeValues: { ':x': { N: String(expiresAt) } }
          })
        )
      } catch (cause) {
        if (!(cause instanceof ConditionalCheckFailedException)) throw cause
      }
    },

    async enter(members) {
      // The way back first: what died in between can be found and taken out.
      await writeAll(
        parts,
        members.map((one) => put({ ...keyOf(placesKey(one.connection), nameOf(one)), ...expiry() }))
      )
      await writeAll(
        parts,
        members.map((one) => put({ ...memberItem(one), ...expiry() }))
      )
    },

    leave,
    placesOf,

    async membersOf(document, channel) {
      const items = await queryAll(parts, {
        KeyConditionExpression:
          channel === null ? 'pk = :pk' : 'pk = :pk AND begins_with(sk, :channel)',
        ExpressionAttributeValues: {
          ':pk': { S: roomKey(document) },
          ...(channel === null ? {} : { ':channel': { S: `${channel}#` } })
        }
      })
      const second = now() / 1000
      return items.filter(({ exp }) => Number(exp?.N) > second).map(memberOf)
    },

    async forget(id) {
      known.delete(id)
      const places = await placesOf(id)
      await leave(id, places)
      await writeAll(parts, [removal(shardOf(id), id)])
      return places
    },

    async count() {
      const shards = await allOf(
        Array.from({ length: connectionShards }, (_, shard) =>
          queryAll(parts, {
            KeyConditionExpression: 'pk = :pk',
            ProjectionExpression: 'sk, x',
            ExpressionAttributeValues: { ':pk': { S: shardName(shard) } }
          })
        )
      )
      const items = shards.flat()
      const overdue = items.filter(({ x }) => numberOf(x?.N) <= now())
      return { all: items.length, overdue: overdue.map(({ sk }) => textOf(sk?.S)) }
    }
  }
}

function shardOf(id: ConnectionId): string {
  let sum = 0
  for (let at = 0; at < id.length; at++) sum = (sum * 31 + id.charCodeAt(at)) % connectionShards
  return shardName(sum)
}

function shardName(shard: number): string {
  return `L#${shard}`
}

function roomKey(document: DocumentId): string {
  return `R#${document}`
}

function placesKey(id: ConnectionId): string {
  return `N#${id}`
}

function memberKey({ channel }: Place, id: ConnectionId): string {
  return `${channel}#${id}`
}

function nameOf({ document, channel }: Place): string {
  return `${document}/${channel}`
}

function placeOf(name: string): Place {
  const [document = '', channel] = name.split('/')
  if (channel !== 'away') return channelRefOf(name)
  return { document: channelRefOf(`${document}/content`).document, channel }
}

function memberItem(member: Member): Item {
  const { document, connection, person, protocol, role } = member
  return {
    ...keyOf(roomKey(document), memberKey(member, connection)),
    ...{ p: { S: person }, v: { N: String(protocol) } },
    ...(role === null ? {} : { o: { S: role } })
  }
}

function memberOf({ pk, sk, p, v, o }: Item): Member {
  const document = textOf(pk?.S).slice('R#'.length)
  const [channel = '', ...rest] = textOf(sk?.S).split('#')
  const role = roles.find((one) => one === o?.S) ?? null
  const place = placeOf(`${document}/${channel}`)
  return {
    ...place,
    connection: rest.join('#'),
    person: personOf(p?.S),
    protocol: numberOf(v?.N),
    role
  }
}

function greetedOf(id: ConnectionId, { p, v, x }: Item): Greeted {
  return { id, person: personOf(p?.S), protocol: numberOf(v?.N), expiresAt: numberOf(x?.N) }
}

function personOf(text: string | undefined): PersonId {
  if (!isPersonId(text)) throw damaged(text)
  return text
}

function numberOf(text: string | undefined): number {
  const number = Number(text)
  if (!Number.isSafeInteger(number)) throw damaged(text)
  return number
}

function textOf(text: string | undefined): string {
  if (text === undefined) throw damaged(text)
  return text
}

function damaged(what: string | undefined): Error {
  return new Error(
    `The table of connections has a row that is none of its own: ${what ?? 'nothing'}`
  )
}

function put(Item: Item): WriteRequest {
  return { PutRequest: { Item } }
}

function removal(pk: string, sk: string): WriteRequest {
  return { DeleteRequest: { Key: keyOf(pk, sk) } }
}

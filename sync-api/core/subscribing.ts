// What a subscribe does, for a socket and for a bulk call: proves, creates, answers where it stands.
import { documentIdOf, type ChannelRef, type PersonId } from '../protocol/ids'
import type { Subscribed, SubscribeItem } from '../protocol/messages'
import { mayRead, type Role } from '../protocol/roles'
import { roleOf } from '../protocol/rights'
import type { Access } from './access'
import { sameBytes } from '../protocol/bytes'
import type { Channel } from './subscription'

/** An item that was looked up: the role the person has, null where they may not read. */
export type Looked = { readonly item: SubscribeItem; readonly role: Role | null }

/** The person's role in the item's document, which its nonce may create. */
export async function lookUp(
  access: Access,
  person: PersonId,
  item: SubscribeItem
): Promise<Looked> {
  const { document, channel, nonce } = item
  let rights = await access.rights(document)
  if (rights.owner === null && nonce !== null && documentIdOf(person, nonce) === document) {
    rights = await access.change(document, person, (before) =>
      before.owner === null ? [{ kind: 'created' }] : []
    )
  }
  const role = roleOf(rights, person)
  return { item, role: mayRead(role, channel) ? role : null }
}

/** The answer for an item the person may read. */
export function standing(item: SubscribeItem, role: Role, channel: Channel): Subscribed {
  const stale = !sameBytes(item.cursor, channel.cursor)
  return { ...refOf(item), role, epoch: channel.epoch, stale }
}

/** The answer for an item the person may not read, or that does not exist. */
export function withoutRight(item: ChannelRef): Subscribed {
  return { ...refOf(item), role: null, epoch: 0, stale: false }
}

/** The channel a message is about, and nothing else of it. */
export function refOf({ document, channel }: ChannelRef): ChannelRef {
  return { document, channel }
}

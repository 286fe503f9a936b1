// What most wire tests start from: a document, its owner, and others who came by a link.
import { firstUpdateOf, type Written } from '../honest'
import { paths } from '../../sync-api/protocol/http'
import {
  idOf,
  longIdBytes,
  type ChannelRef,
  type DocumentId,
  type LinkId,
  type OutboxId,
  type PersonId,
  type WriterId
} from '../../sync-api/protocol/ids'
import type { ClientMessage, Push, SubscribeItem } from '../../sync-api/protocol/messages'
import type { Channel, LinkRole } from '../../sync-api/protocol/roles'
import { createDevice, newDocument, newLink, newSecret, newWriter, type Device } from './device'

export const beginning = new Uint8Array(0)

/** A subscribe of one channel from the beginning. */
export function subscribeTo(
  document: DocumentId,
  channel: Channel = 'content',
  nonce: string | null = null
): Extract<ClientMessage, { type: 'subscribe' }> {
  const item: SubscribeItem = { document, channel, cursor: beginning, nonce }
  return { type: 'subscribe', items: [item] }
}

/** By document, who made it. */
const owners = new Map<DocumentId, PersonId>()

/** A push number `n` of an outbox in which a new writer, the owner's unless another is named, writes. */
export function pushOf(
  ref: ChannelRef,
  outbox: OutboxId,
  n: number,
  written: Written = `${n} `,
  by = owners.get(ref.document)
): Push {
  const writer = newWriter()
  return pushOfUpdate(ref, outbox, n, firstUpdateOf(ref, by ?? stranger, writer, written), writer)
}

/** A push number `n` of an outbox with what `writer` wrote. */
export function pushOfUpdate(
  { document, channel }: ChannelRef,
  outbox: OutboxId,
  n: number,
  update: Uint8Array,
  writer: WriterId
): Push {
  const place = { document, channel, outbox, n }
  return { type: 'push', ...place, update, epoch: 0, schemaMajor: 1, writers: [writer] }
}

/** Somebody who has made nothing. */
const stranger = idOf<PersonId>(new Uint8Array(longIdBytes).fill(0x99))

export type SharedDocument = {
  readonly owner: Device
  readonly document: DocumentId
  readonly content: ChannelRef
  /** A new person who came by a link of this role. */
  invite(role: LinkRole): Promise<{ guest: Device; link: LinkId }>
}

/** A document that its owner has just made at the relay. */
export async function shareDocument(url: string): Promise<SharedDocument> {
  const owner = await createDevice(url)
  const { document, nonce } = newDocument(owner.person)
  owners.set(document, owner.person)
  await owner.bulk(subscribeTo(document, 'content', nonce))
  return {
    owner,
    document,
    content: { document, channel: 'content' },
    async invite(role) {
      const link = newLink()
      const { secret, hash } = await newSecret()
      await owner.call('POST', paths.links(document), { link, role, hash })
      const guest = await createDevice(url)
      await guest.call('POST', paths.claims(document), { link, secret, name: role })
      return { guest, link }
    }
  }
}

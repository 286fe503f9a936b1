// Somebody who came by a link, without a browser: reads a document as the relay holds it, and names it.
import * as Y from 'yjs'
import { entryZero } from '../../sync-api/protocol/entry-zero'
import { paths } from '../../sync-api/protocol/http'
import { clientIdOf, isDocumentId, isLinkId } from '../../sync-api/protocol/ids'
import type { Entry } from '../../sync-api/protocol/messages'
import { pushOfUpdate, subscribeTo } from './bed'
import { createDevice, newOutbox, newWriter } from './device'
import { pullAll } from './pulling'

export type Reader = {
  /** The text of the body at this moment: what the relay has acknowledged and perhaps more. */
  text(): Promise<string>
  /** The log's entries that are not in a checkpoint. */
  entries(): Promise<readonly Entry[]>
  /** Writes at the beginning of the title, once. */
  name(title: string): Promise<void>
}

/** Opens the door of a link of the app: `http://…/d/<document>#k=<link>.<secret>`. */
export async function joinByLink(address: string): Promise<Reader> {
  const url = new URL(address)
  const document = url.pathname.split('/').pop()
  const [, link, secret] = /^#k=([^.]+)\.(.+)$/.exec(url.hash) ?? []
  if (!isDocumentId(document) || !isLinkId(link)) throw new Error(`Not a link: ${address}`)
  const owner = await createDevice(url.origin)
  await owner.call('POST', paths.claims(document), { link, secret, name: 'Reader' })
  const content = { document, channel: 'content' } as const
  const pull = async (): Promise<readonly Entry[]> => (await pullAll({ owner, content })).entries
  return {
    entries: pull,
    async name(title) {
      const writer = newWriter()
      const doc = new Y.Doc()
      doc.clientID = clientIdOf(content, owner.person, writer)
      doc.getText('title').insert(0, title)
      const update = Y.encodeStateAsUpdate(doc)
      await owner.bulk(subscribeTo(document), pushOfUpdate(content, newOutbox(), 1, update, writer))
    },
    async text() {
      const doc = new Y.Doc()
      Y.applyUpdate(doc, entryZero)
      for (const { update } of await pull()) Y.applyUpdate(doc, update)
      return textOf(doc.getXmlFragment('body'))
    }
  }
}

function textOf(node: Y.XmlFragment | Y.XmlElement | Y.XmlText): string {
  if (node instanceof Y.XmlText) {
    const parts = node.toDelta() as readonly { readonly insert: unknown }[]
    return parts.map(({ insert }) => (typeof insert === 'string' ? insert : '')).join('')
  }
  return node
    .toArray()
    .map((child) => textOf(child as Y.XmlElement | Y.XmlText))
    .join('')
}

// The same messages by HTTP: answered together, when all that was pushed is durable.
import { allOf } from './all-of'
import type { ChannelRef, DocumentId, PersonId } from '../protocol/ids'
import { bulkBytesMax } from '../protocol/limits'
import type { ClientMessage, Cursor, Push, ServerMessage } from '../protocol/messages'
import { mayRead, mayWrite, type Role } from '../protocol/roles'
import type { Access } from './access'
import type { Written } from './authorship'
import type { CatchUp } from './catch-up'
import type { Author, Channel } from './subscription'
import type { Documents } from './document'
import { entryOverheadBytes, retryMs } from './limits'
import type { SchemaFence } from './schema-fence'
import { lookUp, refOf, standing, withoutRight } from './subscribing'

type Parts = {
  readonly access: Access
  readonly documents: Documents
  readonly catchUp: CatchUp
  readonly entryOf: (push: Push, person: PersonId) => Written
  readonly fence: SchemaFence
}

/** `protocol`: the version of the wire that whoever called speaks. */
export type Bulk = (
  person: PersonId,
  messages: readonly ClientMessage[],
  protocol: number
) => Promise<readonly ServerMessage[]>

/** Room for the envelopes of an answer, so that its pages fill no more than one body, bytes. */
const envelopeBytes = 32 * 1024

export function createBulk({ access, documents, catchUp, entryOf, fence }: Parts): Bulk {
  return async (person, messages, protocol) => {
    const answers: (ServerMessage | null)[] = []
    const durable: Promise<void>[] = []
    let room = bulkBytesMax - envelopeBytes
    for (const message of messages) {
      const place = answers.push(null) - 1
      switch (message.type) {
        case 'subscribe':
          answers[place] = { type: 'subscribed', items: await subscribe(person, message.items) }
          break
        case 'push': {
          const { answer } = await push(person, message)
          durable.push(answer.then((given) => void (answers[place] = given)))
          break
        }
        case 'pull': {
          // A pull sees what was pushed before it.
          await allOf(durable)
          const answer = await pull(person, message, room, protocol)
          room -= bytesOf(answer)
          answers[place] = answer
          break
        }
        case 'hello':
        case 'unsubscribe':
        case 'awareness':
        case 'renew':
        case 'ping':
        case 'digest':
          answers[place] = { type: 'error', code: 'bad-request', about: null, retryMs: 0 }
      }
    }
    await allOf(durable)
    return readable(
      person,
      answers.filter((answer) => answer !== null)
    )
  }

  /** The right to a page may have gone while it was read, or while what came after it was answered. */
  async function readable(
    person: PersonId,
    answers: readonly ServerMessage[]
  ): Promise<readonly ServerMessage[]> {
    const pages = answers.filter((answer) => answer.type === 'catch-up')
    const looked = new Map<DocumentId, Role | null>()
    for (const { document } of pages) looked.set(document, await access.role(document, person))
    // From here on nothing waits: no right goes between the check and the answer.
    return answers.map((answer) => {
      if (answer.type !== 'catch-up') return answer
      const now = access.roleNow(answer.document, person)
      const role = now === undefined ? (looked.get(answer.document) ?? null) : now
      return mayRead(role, answer.channel) ? answer : notFound(answer)
    })
  }

  async function subscribe(
    person: PersonId,
    items: Extract<ClientMessage, { type: 'subscribe' }>['items']
  ): Promise<Extract<ServerMessage, { type: 'subscribed' }>['items']> {
    const looked = await allOf(items.map((item) => lookUp(access, person, item)))
    return allOf(
      looked.map(async ({ item, role }) => {
        if (role === null) return withoutRight(item)
        const channel = await documents.open(item)
        const answer = standing(item, role, channel)
        documents.release(channel)
        return answer
      })
    )
  }

  /** Resolves when the push is on its way, with what resolves to its answer. */
  async function push(
    person: PersonId,
    message: Push
  ): Promise<{ readonly answer: Promise<ServerMessage> }> {
    await fence.raise(message, person)
    const channel = await documents.open(message)
    const role = await prepared(channel, person).catch((cause: unknown) => {
      documents.release(channel)
      throw cause
    })
    const answer = new Promise<ServerMessage>((resolve) => {
      const author: Author = { answer: resolve }
      documents.push(channel, message, entryOf(message, person), role, author)
    }).finally(() => documents.release(channel))
    return { answer }
  }

  /** The role in the turn in which a push can be checked. */
  async function prepared(channel: Channel, person: PersonId): Promise<Role | null> {
    const { ref } = channel
    const role = await access.role(ref.document, person)
    if (mayWrite(role, ref.channel)) await documents.prepared(channel)
    const now = access.roleNow(ref.document, person)
    return now === undefined ? role : now
  }

  async function pull(
    person: PersonId,
    { cursor, ...ref }: ChannelRef & { readonly cursor: Cursor },
    room: number,
    protocol: number
  ): Promise<ServerMessage> {
    const role = await access.role(ref.document, person)
    if (!mayRead(role, ref.channel)) return notFound(ref)
    if (room <= 0) return { type: 'error', code: 'over-limit', about: refOf(ref), retryMs }
    return catchUp.page(ref, cursor, room, room, protocol)
  }
}

function notFound(ref: ChannelRef): ServerMessage {
  return { type: 'error', code: 'not-found', about: refOf(ref), retryMs: 0 }
}

function bytesOf(answer: ServerMessage): number {
  if (answer.type !== 'catch-up') return 0
  let bytes = 0
  for (const { update } of answer.entries) bytes += update.length + entryOverheadBytes
  return bytes
}

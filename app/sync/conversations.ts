// The conversations of one connection, one a document, and what is told when they move on.
import type { ChannelRef, DocumentId } from '../../sync-api/protocol/ids'
import type { Notices } from '../store/notices'
import type { SyncStore } from '../store/ports'
import { createConversation, type Conversation } from './conversation'
import type { KnownDocuments } from './known-documents'
import type { WireEffect } from './session-events'
import { isAtRest, isCaughtUp, roleIn, type Session } from './session-state'

export type ConversationsOptions = {
  readonly store: SyncStore
  readonly notices: Pick<Notices, 'tell'>
  readonly documents: KnownDocuments
  readonly say: (ref: ChannelRef, effect: WireEffect) => void
  /** The relay answered a subscribe, whatever the role. */
  readonly onSubscribed: (document: DocumentId) => void
  /** After every event: what is not catching up needs no more pulls. */
  readonly onStep: (document: DocumentId, session: Session) => void
  readonly onStoreFailure: (document: DocumentId, cause: unknown) => void
  readonly onFailure: (cause: unknown) => void
}

export type Conversations = {
  /** The conversation about a document, closed if there was none. */
  of(document: DocumentId): Conversation
  /** Only if there is one. */
  get(document: DocumentId): Conversation | undefined
  has(document: DocumentId): boolean
  all(): readonly Conversation[]
  isClosed(document: DocumentId): boolean
  /** Whether the relay listens to this document and this person may read it. */
  isSubscribed(document: DocumentId): boolean
  isAtRest(document: DocumentId): boolean
  forget(document: DocumentId): void
}

export function createConversations(options: ConversationsOptions): Conversations {
  const { store, notices, documents } = options
  const conversations = new Map<DocumentId, Conversation>()

  function make(document: DocumentId): Conversation {
    const ref: ChannelRef = { document, channel: 'content' }
    const conversation = createConversation({
      ...{ ref, store, notices },
      say: (effect) => options.say(ref, effect),
      onStep: (before, after) => stepped(document, before, after),
      onStoreFailure: (cause) => options.onStoreFailure(document, cause)
    })
    conversations.set(document, conversation)
    return conversation
  }

  function stepped(document: DocumentId, before: Session, after: Session): void {
    options.onStep(document, after)
    const role = roleIn(after)
    if (role !== undefined && role !== roleIn(before)) {
      documents.setRole(document, role).catch(options.onFailure)
      notices.tell({ kind: 'role', document, role })
      if (roleIn(before) === undefined) options.onSubscribed(document)
    }
    if (isCaughtUp(after) && !isCaughtUp(before)) {
      documents.setOnDevice(document).catch(options.onFailure)
      notices.tell({ kind: 'caught-up', document })
    }
  }

  return {
    of: (document) => conversations.get(document) ?? make(document),
    get: (document) => conversations.get(document),
    has: (document) => conversations.has(document),
    all: () => [...conversations.values()],
    isClosed: (document) => (conversations.get(document)?.session().kind ?? 'closed') === 'closed',
    isSubscribed(document) {
      const session = conversations.get(document)?.session()
      return session !== undefined && (roleIn(session) ?? null) !== null
    },
    isAtRest(document) {
      const session = conversations.get(document)?.session()
      return session !== undefined && isAtRest(session)
    },
    forget(document) {
      conversations.get(document)?.dispatch({ type: 'disconnected' })
      conversations.delete(document)
    }
  }
}

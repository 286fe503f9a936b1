// Syncs documents without a socket: the same sessions, carried by calls of the bulk API. The service
// worker runs it when no page is open, so nothing here may need a page.
import type { DocumentId } from '../../sync-api/protocol/ids'
import { bulkBytesMax } from '../../sync-api/protocol/limits'
import type { ClientMessage } from '../../sync-api/protocol/messages'
import { protocolVersion } from '../../sync-api/protocol/version'
import type { Notices } from '../store/notices'
import type { SyncStore } from '../store/ports'
import { createConversation, type Conversation } from './conversation'
import type { WireEffect } from './session-events'
import { DocumentFailure } from './post'
import type { Post } from './surroundings'
import { eventOf, pushOf } from './wire'

/** Pushes of one document in one call: each call is one answer, and one failure costs them all. */
const pushesAtOnceMax = 16

/** Bytes a push or pull takes beside its update: ids, cursor, at most 64 writers. */
const envelopeBytesMax = 1_024

/** Calls for one document: far more than any backlog needs, so only a relay gone wrong gets there. */
const callsMax = 10_000

export type HttpSyncOptions = {
  readonly store: SyncStore
  readonly notices: Pick<Notices, 'tell'>
  readonly post: Post
  readonly nonceOf: (document: DocumentId) => string | null
}

export type HttpSync = {
  /**
   * Sends what waits in a document's outbox and fetches what was missed. Rejects with an Error when
   * the relay or the store fails; what was acknowledged until then stays so.
   */
  sync(document: DocumentId): Promise<void>
}

export function createHttpSync(options: HttpSyncOptions): HttpSync {
  return {
    async sync(document) {
      const { say, take } = createBasket()
      const failures: Error[] = []
      const conversation = createConversation({
        ref: { document, channel: 'content' },
        store: options.store,
        notices: options.notices,
        say,
        onStep: () => undefined,
        onStoreFailure: (cause) => {
          failures.push(cause instanceof Error ? cause : new Error('The store failed', { cause }))
        }
      })
      conversation.begin({ nonce: options.nonceOf(document), eager: true, unsent: true })
      await conversation.idle()
      for (let calls = 0; calls < callsMax; calls++) {
        if (failures[0] !== undefined) throw failures[0]
        const effects = take()
        if (effects.length === 0) return assertNotHeld(conversation)
        await call(options.post, conversation, effects)
        await conversation.idle()
      }
      throw new DocumentFailure(`A document is not in sync after ${callsMax} calls`)
    }
  }
}

function assertNotHeld(conversation: Conversation): void {
  const session = conversation.session()
  if (session.kind === 'closed' || !session.outbox.held) return
  throw new Error('The relay lacks what the outbox builds on')
}

/** What a session wants to say, held until the next call. */
function createBasket(): {
  say: (effect: WireEffect) => void
  take: () => readonly WireEffect[]
} {
  let effects: WireEffect[] = []
  return {
    say: (effect) => effects.push(effect),
    take() {
      // Whoever says the same again (after a gap, say) means it once.
      const taken = new Map(effects.map((effect) => [nameOf(effect), effect]))
      effects = []
      return [...taken.values()]
    }
  }
}

function nameOf(effect: WireEffect): string {
  return effect.type === 'push' ? `push ${effect.batch.n}` : effect.type
}

async function call(
  post: Post,
  conversation: Conversation,
  effects: readonly WireEffect[]
): Promise<void> {
  for (const messages of bodies(effects.map((effect) => messageOf(conversation, effect)))) {
    for (const answer of await post(messages)) {
      if (answer.type === 'error' && answer.code !== 'not-found') {
        throw new DocumentFailure(`The relay answered ${answer.code}`)
      }
      if (answer.type === 'subscribed') {
        for (const { role, stale } of answer.items) {
          const pushesInFlightMax = pushesAtOnceMax
          conversation.dispatch({ type: 'subscribed', role, stale, pushesInFlightMax })
        }
      } else {
        const event = eventOf(answer)
        if (event !== null) conversation.dispatch(event)
      }
    }
  }
}

function messageOf({ ref }: Conversation, effect: WireEffect): ClientMessage {
  switch (effect.type) {
    case 'subscribe': {
      const { cursor, nonce } = effect
      return { type: 'subscribe', items: [{ ...ref, cursor, nonce }] }
    }
    case 'pull':
      return { type: 'pull', ...ref, cursor: effect.cursor }
    case 'push':
      // It is handed out by the relay it calls: both speak this version, or the page says it again.
      return pushOf(effect, protocolVersion)
  }
}

/** Messages in their order, as bodies the relay takes. */
function bodies(messages: readonly ClientMessage[]): readonly ClientMessage[][] {
  const all: ClientMessage[][] = []
  let room = 0
  for (const message of messages) {
    const size = envelopeBytesMax + (message.type === 'push' ? message.update.length : 0)
    const body = all.at(-1)
    if (body !== undefined && size <= room) {
      body.push(message)
      room -= size
    } else {
      all.push([message])
      room = bulkBytesMax - size
    }
  }
  return all
}

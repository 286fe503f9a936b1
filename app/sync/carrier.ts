// How what the sessions say travels: over the socket, later when others go first, or by HTTP.
import type { ChannelRef, DocumentId } from '../../sync-api/protocol/ids'
import { itemsPerMessageMax, socketUpdateBytesMax } from '../../sync-api/protocol/limits'
import type { ClientMessage, ServerMessage, SubscribeItem } from '../../sync-api/protocol/messages'
import type { Connection } from './connection'
import type { PullGate } from './pull-gate'
import type { WireEffect } from './session-events'
import type { Post } from './surroundings'
import { pushOf } from './wire'

export type CarrierOptions = {
  readonly connection: Pick<Connection, 'say'>
  readonly post: Post
  readonly gate: PullGate
  /** Whether its pulls pass the gate. */
  readonly isForeground: (document: DocumentId) => boolean
  /** Runs a task at the end of this turn. */
  readonly later: (task: () => void) => void
  /** Answers that came by HTTP. */
  readonly hear: (message: ServerMessage) => void
  /** A call failed: no network, or a busy relay; the same as a frame that got lost. */
  readonly onLost: (document: DocumentId) => void
  /** An answer could not be handled: our bug. */
  readonly onFailure: (cause: unknown) => void
}

export type Carrier = {
  /** The relay speaks this version. */
  welcome(protocol: number): void
  say(ref: ChannelRef, effect: WireEffect): void
  /** Forgets what was not said yet. */
  clear(): void
}

export function createCarrier(options: CarrierOptions): Carrier {
  const { connection, gate, later } = options
  let items: SubscribeItem[] = []
  let protocol = 0

  function saySubscribe(): void {
    while (items.length > 0) {
      connection.say({ type: 'subscribe', items: items.splice(0, itemsPerMessageMax) })
    }
  }

  function byHttp(document: DocumentId, message: ClientMessage): void {
    options
      .post([message])
      .then(
        (answers) => answers.forEach(options.hear),
        () => options.onLost(document)
      )
      .catch(options.onFailure)
  }

  function pull(ref: ChannelRef, effect: WireEffect & { type: 'pull' }): void {
    const { document } = ref
    const message = { type: 'pull', ...ref, cursor: effect.cursor } as const
    if (effect.overHttp) return byHttp(document, message)
    // At the end of the turn, as the subscribe is: that one must come first.
    const ask = (): void => later(() => connection.say(message))
    if (options.isForeground(document)) ask()
    else gate.ask(document, ask)
  }

  return {
    welcome(spoken) {
      protocol = spoken
    },
    say(ref, effect) {
      switch (effect.type) {
        case 'subscribe':
          items.push({ ...ref, cursor: effect.cursor, nonce: effect.nonce })
          if (items.length === 1) later(saySubscribe)
          return
        case 'pull':
          return pull(ref, effect)
        case 'push': {
          const large = effect.batch.update.length > socketUpdateBytesMax
          const message = pushOf(effect, protocol)
          if (large) byHttp(ref.document, message)
          else connection.say(message)
        }
      }
    },
    clear() {
      items = []
    }
  }
}

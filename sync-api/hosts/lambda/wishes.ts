// What a message is about to do to channels, for who renews rights before it.
import type { Wish } from '../../core/relay'
import type { PersonId } from '../../protocol/ids'
import type { ClientMessage } from '../../protocol/messages'

/** A wish for each channel whose rights it hangs on. */
export function wishesOf(person: PersonId, message: ClientMessage): readonly Wish[] {
  switch (message.type) {
    case 'push':
    case 'pull':
    case 'digest': {
      const does = message.type === 'push' ? 'write' : 'read'
      const { document, channel } = message
      return [{ document, channel, person, does }]
    }
    case 'subscribe':
      return message.items.map(({ document, channel }) => ({
        ...{ document, channel, person, does: 'read' }
      }))
    case 'hello':
    case 'unsubscribe':
    case 'awareness':
    case 'renew':
    case 'ping':
      return []
  }
}

// What one connection may have under way, and how often a device may speak: nothing grows without end.
import { channelKey } from '../../sync-api/protocol/ids'
import { itemsPerMessageMax } from '../../sync-api/protocol/limits'
import type { ClientMessage, ServerMessage } from '../../sync-api/protocol/messages'

/** Messages of one connection in one virtual second: a person types ten, a retry that spins says thousands. */
const messagesPerSecondMax = 300

export type Bounds = {
  /** Answers which bound was broken, if one was. */
  heard(connection: string, message: ClientMessage, now: number): string | null
  said(connection: string, message: ServerMessage): void
  ended(connection: string): void
  /** The most pushes of one channel that one connection ever had under way. */
  readonly most: { inFlight: number }
}

type Under = {
  /** Of each outbox: what was pushed and is not answered, and the last that was acknowledged. */
  readonly numbers: Map<string, Set<number>>
  readonly acknowledged: Map<string, number>
  second: number
  messages: number
}

/** `inFlightMax` is what the welcome allows. */
export function createBounds(inFlightMax: number): Bounds {
  const connections = new Map<string, Under>()
  const most = { inFlight: 0 }

  function of(connection: string): Under {
    const known = connections.get(connection)
    if (known !== undefined) return known
    const begun = { numbers: new Map(), acknowledged: new Map(), second: 0, messages: 0 }
    connections.set(connection, begun)
    return begun
  }

  function counted(under: Under, now: number): string | null {
    const second = Math.floor(now / 1_000)
    if (second !== under.second) Object.assign(under, { second, messages: 0 })
    under.messages += 1
    return under.messages > messagesPerSecondMax ? 'a device speaks without end' : null
  }

  return {
    most,
    heard(connection, message, now) {
      const under = of(connection)
      if (message.type === 'subscribe' && message.items.length > itemsPerMessageMax) {
        return 'a subscribe has too many items'
      }
      if (message.type !== 'push') return counted(under, now)
      const key = `${channelKey(message)} ${message.outbox}`
      // Said again before its acknowledgement was heard: whoever hears that has it under way no more.
      if (message.n <= (under.acknowledged.get(key) ?? 0)) return counted(under, now)
      const numbers = (under.numbers.get(key) ?? new Set()).add(message.n)
      under.numbers.set(key, numbers)
      most.inFlight = Math.max(most.inFlight, numbers.size)
      if (numbers.size > inFlightMax) return `${numbers.size} pushes are in flight at once`
      return counted(under, now)
    },
    said(connection, message) {
      const under = of(connection)
      if (message.type === 'ack') {
        const key = `${channelKey(message)} ${message.outbox}`
        under.numbers.get(key)?.delete(message.n)
        under.acknowledged.set(key, Math.max(under.acknowledged.get(key) ?? 0, message.n))
      }
      // What comes after it goes again, under these numbers or others.
      const stops = message.type === 'gap' || message.type === 'refused' || message.type === 'error'
      if (stops) under.numbers.clear()
    },
    ended: (connection) => void connections.delete(connection)
  }
}

// How a deployment is made to do one thing wrong.
import type { Area } from '../../sync-api/hosts/verify/options'
import { decodeServerFrame, encodeServerMessage, joinFrame } from '../../sync-api/protocol/codec'
import type { Entry, ServerMessage } from '../../sync-api/protocol/messages'
import { createDevice } from '../wire/device'
import type { Fault, Reply } from './front'

export type Planted = {
  /** Ends the sentence "a deployment that". */
  readonly what: string
  readonly area: Area
  /** A new one each time: some remember. */
  readonly fault: (relay: string) => Fault
  /** What the line of the failed check holds. */
  readonly line: string
  readonly args?: readonly string[]
}

/** Changes the entries that a pull gives. */
export const pulled = (change: (entries: readonly Entry[]) => readonly Entry[]): Fault => ({
  told: (message) =>
    message.type === 'catch-up' ? [{ ...message, entries: change(message.entries) }] : [message]
})

/** Changes the entries that a pull gives over HTTP. */
export const pulledOverHttp = (change: (entries: readonly Entry[]) => readonly Entry[]): Fault =>
  answering(/^\/api\/sync/, (reply) => {
    if (reply.status !== 200) return reply
    const messages = decodeServerFrame(new Uint8Array(reply.body))
    const changed = messages.map((message) =>
      message.type === 'catch-up' ? { ...message, entries: change(message.entries) } : message
    )
    return { ...reply, body: joinFrame(changed.map(encodeServerMessage)) }
  })

/** Tells no message of a type. */
export const without = (type: ServerMessage['type']): Fault => ({
  told: (message) => (message.type === type ? [] : [message])
})

/** Changes the answers to calls of a path. */
export const answering = (path: RegExp, change: (reply: Reply) => Reply): Fault => ({
  async call(call, pass) {
    const reply = await pass(call)
    return path.test(call.path) ? change(reply) : reply
  }
})

/** Acknowledges pushes itself and keeps them from the relay. */
export const swallowing = (which: (n: number) => boolean): Fault => ({
  said(message, answer) {
    if (message.type !== 'push' || !which(message.n)) return message
    const { document, channel, outbox, n } = message
    const nowhere = new Uint8Array(0)
    answer({ type: 'ack', document, channel, outbox, n, from: nowhere, to: nowhere })
    return null
  }
})

export const withoutHeader =
  (name: string) =>
  (reply: Reply): Reply => {
    const { [name]: _, ...headers } = reply.headers
    return { ...reply, headers }
  }

export const page = {
  status: 200,
  headers: { 'content-type': 'text/html' },
  body: Buffer.from('<p>')
}

/** A good ticket of somebody. */
export async function anybody(relay: string): Promise<string> {
  return (await createDevice(relay)).ticket()
}

export function endOf(): { readonly from: Uint8Array; readonly to: Uint8Array } {
  return { from: new Uint8Array(0), to: new Uint8Array(0) }
}

export function spoilt(entry: Entry): Entry {
  const update = entry.update.slice()
  update[update.length - 2]! ^= 1
  return { ...entry, update }
}

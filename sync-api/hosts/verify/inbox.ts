// What a connection was told and nobody has asked for yet; whoever asks waits, for a limited time.
import type { ServerMessage } from '../../protocol/messages'
import { unheardMax } from './limits'
import { Wrong } from './report'

type Type = ServerMessage['type']
type Of<T extends Type> = Extract<ServerMessage, { type: T }>

export type Inbox = {
  /** The next message of a type, that `is` takes if it is given; others stay for those who want them. */
  hear<T extends Type>(type: T, is?: (message: Of<T>) => boolean, limitMs?: number): Promise<Of<T>>
  /** As `hear`, for whatever `is` takes; `what` names it. */
  hearAny(
    what: string,
    is: (message: ServerMessage) => boolean,
    limitMs?: number
  ): Promise<ServerMessage>
  /** Resolves after `ms` without such a message; throws Wrong when one comes. */
  hearNothing(what: string, is: (message: ServerMessage) => boolean, ms: number): Promise<void>
  /** The code by which the connection was closed; throws Wrong when it is not. */
  ended(limitMs?: number): Promise<number>
}

export type OpenInbox = Inbox & {
  put(messages: readonly ServerMessage[]): void
  /** Nothing more comes: whoever waits is told why. */
  end(why: string, code?: number): void
}

type Waiting = {
  /** Whether it took the message. */
  readonly offer: (message: ServerMessage) => boolean
  readonly end: (why: string, code: number) => void
}

export function createInbox(limitMs: number): OpenInbox {
  const unheard: ServerMessage[] = []
  const waiting = new Set<Waiting>()
  let over: { readonly why: string; readonly code: number } | null = null

  /** Null when the time is over. */
  function wait(
    is: (message: ServerMessage) => boolean,
    ms: number,
    what: string
  ): Promise<ServerMessage | null> {
    const found = unheard.findIndex(is)
    if (found >= 0) return Promise.resolve(unheard.splice(found, 1)[0]!)
    if (over !== null) return Promise.reject(new Wrong(`${over.why} instead of ${what}`))
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => done(() => resolve(null)), ms)
      const done = (settle: () => void): void => {
        clearTimeout(timer)
        waiting.delete(one)
        settle()
      }
      const one: Waiting = {
        offer(message) {
          if (!is(message)) return false
          done(() => resolve(message))
          return true
        },
        end: (why) => done(() => reject(new Wrong(`${why} instead of ${what}`)))
      }
      waiting.add(one)
    })
  }

  async function hearAny(
    what: string,
    is: (message: ServerMessage) => boolean,
    ms = limitMs
  ): Promise<ServerMessage> {
    const message = await wait(is, ms, what)
    if (message === null) throw new Wrong(`no ${what} within ${ms / 1_000} s`)
    return message
  }

  function end(why: string, code = 0): void {
    over ??= { why, code }
    for (const one of waiting) one.end(over.why, over.code)
  }

  return {
    hearAny,
    end,
    async hear(type, is = () => true, ms = limitMs) {
      const wanted = (message: ServerMessage): boolean =>
        message.type === type && is(message as Of<typeof type>)
      return (await hearAny(type, wanted, ms)) as Of<typeof type>
    },
    async hearNothing(what, is, ms) {
      const message = await wait(is, ms, 'silence')
      if (message !== null) throw new Wrong(`${what} came`)
    },
    ended(ms = limitMs) {
      if (over !== null) return Promise.resolve(over.code)
      return new Promise((resolve, reject) => {
        const timer = setTimeout(() => {
          waiting.delete(one)
          reject(new Wrong(`the connection was not closed within ${ms / 1_000} s`))
        }, ms)
        const one: Waiting = {
          offer: () => false,
          end(_, code) {
            clearTimeout(timer)
            waiting.delete(one)
            resolve(code)
          }
        }
        waiting.add(one)
      })
    },
    put(messages) {
      for (const message of messages) {
        const taken = [...waiting].some((one) => one.offer(message))
        if (!taken) unheard.push(message)
      }
      if (unheard.length > unheardMax) end('the relay talks without end')
    }
  }
}

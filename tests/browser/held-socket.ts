// The socket of a page, through our hands: what others wrote waits until it is let through.
import type { Page, WebSocketRoute } from 'playwright-core'
import { createChunkJoiner, splitFrame } from '../../sync-api/protocol/chunks'
import { decodeServerFrame, encodeServerMessage, joinFrame } from '../../sync-api/protocol/codec'
import { chunksToClientMax, chunksToRelayMax } from '../../sync-api/protocol/limits'
import type { ServerMessage } from '../../sync-api/protocol/messages'
import { uncoated } from './frames'

/** A push as its acknowledgement and its entry both name it. */
export type PushName = string

export type HeldSocket = {
  /** From now on entries and catch-ups wait; acknowledgements never do. */
  hold(): void
  /** How many messages have had to wait since `hold`. */
  arrived(): number
  /** Lets the first `count` of them through, counted from `hold`. */
  release(count: number): void
  /** Lets all of them through, and from now on everything at once. */
  letGo(): void
  /** The push of this page that was acknowledged last. */
  acknowledged(): PushName | null
  /** Resolves when an entry with this push has arrived, held or not; rejects after `waitMs`. */
  untilArrived(push: PushName, waitMs: number): Promise<void>
}

/** Of the socket this page opens from now on. */
export async function holdSocket(page: Page): Promise<HeldSocket> {
  const waiting: ServerMessage[] = []
  const pushes = new Set<PushName>()
  const looks = new Set<() => void>()
  let holding = false
  let released = 0
  let acknowledged: PushName | null = null
  let send: (message: ServerMessage) => void = () => undefined

  function take(message: ServerMessage): void {
    if (message.type === 'ack') acknowledged = nameOf(message)
    const isOfOthers = message.type === 'entry' || message.type === 'catch-up'
    if (isOfOthers) for (const entry of message.entries) pushes.add(nameOf(entry))
    if (holding && isOfOthers) waiting.push(message)
    else send(message)
    for (const look of looks) look()
  }

  await page.routeWebSocket(/\/ws/, (route) => {
    send = carry(route, take)
  })

  function release(count: number): void {
    for (; released < count; released++) send(waiting[released]!)
  }

  return {
    hold() {
      holding = true
    },
    arrived: () => waiting.length,
    release,
    letGo() {
      release(waiting.length)
      holding = false
    },
    acknowledged: () => acknowledged,
    untilArrived: (push, waitMs) =>
      new Promise((resolve, reject) => {
        const look = (): void => {
          if (!pushes.has(push)) return
          clearTimeout(limit)
          looks.delete(look)
          resolve()
        }
        const limit = setTimeout(() => {
          const last = [...pushes].at(-1)
          reject(new Error(`No entry of ${push} came; ${waiting.length} wait, the last is ${last}`))
        }, waitMs)
        looks.add(look)
        look()
      })
  }
}

/** Joins what the relay sends into messages for `take`; answers how to pass one on to the page. */
function carry(
  page: WebSocketRoute,
  take: (message: ServerMessage) => void
): (message: ServerMessage) => void {
  const relay = page.connectToServer()
  const join = createChunkJoiner(chunksToRelayMax)
  let split = 0
  relay.onMessage((payload) => {
    const frame = join(uncoated(payload))
    if (frame !== null) decodeServerFrame(frame).forEach(take)
  })
  return (message) => {
    // A client takes either coat.
    const frames = splitFrame(joinFrame([encodeServerMessage(message)]), split++, chunksToClientMax)
    for (const frame of frames) page.send(Buffer.from(frame))
  }
}

function nameOf({ outbox, n }: { outbox: string; n: number }): PushName {
  return `${outbox} ${n}`
}

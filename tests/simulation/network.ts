// Between devices and the relay: frames take time, get lost with their connection, or come too late.
import type { AskTicket, OpenSocket, Post } from '../../app/sync/surroundings'
import { fromText, toText } from '../../sync-api/protocol/coat'
import {
  decodeClientFrame,
  decodeServerFrame,
  encodeClientMessage,
  encodeServerMessage,
  joinFrame
} from '../../sync-api/protocol/codec'
import type { PersonId } from '../../sync-api/protocol/ids'
import { callMsMax } from '../../app/sync/post'
import type { ClientMessage } from '../../sync-api/protocol/messages'
import { protocolVersion } from '../../sync-api/protocol/version'
import type { HostEnd, RelayHost } from './relay-host'
import type { World } from './world'

/** The network as one page or worker has it. */
export type Attachment = {
  readonly openSocket: OpenSocket
  readonly ticket: AskTicket
  readonly post: Post
}

/** Who joins; `isAlive` ends everything: what dies closes its sockets. */
export type Guest = {
  readonly name: string
  readonly person: PersonId
  readonly isAlive: () => boolean
  /** This device's clock, ms since 1970. */
  readonly now: () => number
  /** The protocol its release speaks. */
  readonly protocol: () => number
}

export type Network = {
  join(guest: Guest): Attachment
  /** No network for a device (and its worker) for so long. */
  partition(name: string, ms: number): void
  isPartitioned(name: string): boolean
  heal(): void
}

/** A ticket this close to its end is not used any more, ms: as app/identity/ticket.ts has it. */
const ticketMarginMs = 60_000

/** One direction of a connection: in order, and once something is lost, all that follows is. */
type Direction = { last: number; lost: boolean }

export function createNetwork(world: World, host: RelayHost): Network {
  const { time, chance } = world
  const partitions = new Map<string, number>()

  const deviceOf = (name: string): string => name.split(' ')[0] ?? name
  function isPartitioned(name: string): boolean {
    return (partitions.get(deviceOf(name)) ?? 0) > time.now()
  }
  const delay = (): number => 1 + chance.below(world.faults.delayMs)

  function join({ name, person, isAlive, now, protocol }: Guest): Attachment {
    const openSocket: OpenSocket = (protocols, events) => {
      const up: Direction = { last: 0, lost: false }
      const down: Direction = { last: 0, lost: false }
      let end: HostEnd | null = null
      let ended = false
      let first = true
      const hello = (frame: string): string => inRelease(frame, protocol())

      /** Delivers in order; loses this and all that follows when chance has it so. */
      function carry(direction: Direction, deliver: () => void): void {
        const { drop, cut, halfOpen } = world.faults
        if (isPartitioned(name)) direction.lost = true
        if (direction.lost) return
        if (chance.happens(drop)) {
          direction.lost = true
          if (!halfOpen || chance.happens(0.5)) time.after(chance.below(10_000), breakDown)
          return
        }
        direction.last = Math.max(direction.last, time.now() + delay())
        time.after(direction.last - time.now(), deliver)
        if (chance.happens(cut)) time.after(delay(), breakDown)
      }

      /** The connection breaks, and both sides are told at a time of their own. */
      function breakDown(): void {
        down.lost = true
        tellClient(1006, delay())
        leave()
      }

      function tellClient(code: number, afterMs: number): void {
        if (ended) return
        ended = true
        time.after(afterMs, () => isAlive() && events.onClose(code))
      }

      /** The relay hears of the end after what is under way to it, which may get lost. */
      function leave(): void {
        const straggles = chance.happens(world.faults.straggle)
        if (!straggles) up.lost = true
        const gone = end
        const at = Math.max(up.last, time.now() + delay()) + (straggles ? chance.below(2_000) : 0)
        // A half-open connection: the relay is not told at all.
        if (world.faults.halfOpen && chance.happens(0.3)) return
        time.after(at - time.now(), () => gone?.gone())
      }

      const receive = (frame: string | Uint8Array): void => {
        if (!ended && !down.lost && isAlive()) events.onFrame(frame)
      }
      const line = {
        send: (frame: string | Uint8Array) => carry(down, () => receive(frame)),
        close: (code: number) => {
          up.lost = true
          if (isPartitioned(name) || down.lost) return
          tellClient(code, Math.max(1, down.last - time.now()) + delay())
        }
      }
      carry(up, () => {
        if (!isAlive()) return
        end = host.accept(protocols[1] ?? '', line)
        if (end === null) return tellClient(1006, delay())
        carry(down, () => !ended && isAlive() && events.onOpen())
      })
      // What is sent is bytes at that moment; the sender may use its buffer again.
      return {
        send: (data) => {
          const frame = typeof data !== 'string' ? data.slice() : first ? hello(data) : data
          first = false
          if (!ended) carry(up, () => (up.lost && !ended ? undefined : end?.receive(frame)))
        },
        close: () => {
          ended = true
          leave()
        }
      }
    }

    /** A call: there and back, if both ways hold. */
    async function call<T>(answer: () => Promise<T>): Promise<T> {
      await wait(delay())
      if (isPartitioned(name) || chance.happens(world.faults.drop)) return await lose()
      const result = answer()
      result.catch(() => undefined)
      const given = await Promise.race([result, expire()])
      await wait(delay())
      if (isPartitioned(name) || chance.happens(world.faults.lostAnswer)) return await lose()
      return given
    }

    function wait(ms: number): Promise<void> {
      return new Promise((resolve) => time.after(ms, () => isAlive() && resolve()))
    }

    async function lose(): Promise<never> {
      await wait(chance.pick([50, 3_000, 20_000]))
      throw new Error('The simulated network lost a call')
    }

    async function expire(): Promise<never> {
      await wait(callMsMax)
      throw new Error('A call took too long')
    }

    let kept = { ticket: '', until: -Infinity }

    // As the app does, by a clock that may be wrong: what is kept may have ended, and what ended be kept.
    const ticket: AskTicket = async (fresh) => {
      if (!fresh && now() < kept.until) return { kind: 'ticket', ticket: kept.ticket }
      const given = await call(async () => host.issue(person))
      if (given === null) throw new Error('The relay is down')
      kept = { ticket: given.ticket, until: now() + given.lifetimeMs - ticketMarginMs }
      return { kind: 'ticket', ticket: given.ticket }
    }

    async function send(body: Uint8Array, fresh: boolean) {
      const wish = await ticket(fresh)
      if (wish.kind === 'refused') throw new Error('The relay does not know this person')
      return await call(async () => {
        const heard = decodeClientFrame(body)
        if (chance.happens(world.faults.duplicate)) {
          // Something on the way sends it twice; the second answer goes nowhere.
          time.after(delay(), () => void host.bulk(wish.ticket, heard).catch(() => undefined))
        }
        return await host.bulk(wish.ticket, heard)
      })
    }

    const post: Post = async (messages) => {
      const body = joinFrame(messages.map(encodeClientMessage))
      const answers = (await send(body, false)) ?? (await send(body, true))
      if (answers === null) throw new Error('The relay takes no ticket of this person')
      return decodeServerFrame(joinFrame(answers.map(encodeServerMessage)))
    }
    return { openSocket, ticket, post }
  }

  return {
    join,
    partition(name, ms) {
      world.tell(`${name}: no network for ${ms} ms`)
      partitions.set(name, time.now() + ms)
    },
    isPartitioned,
    heal: () => partitions.clear()
  }
}

/** A frame as another release says it: only its hello is not the same. */
function inRelease(frame: string, protocol: number): string {
  if (protocol === protocolVersion) return frame
  const other = (message: ClientMessage): ClientMessage =>
    message.type === 'hello' ? { ...message, protocol } : message
  return toText(joinFrame(decodeClientFrame(fromText(frame)).map(other).map(encodeClientMessage)))
}

// Between devices and the relay: frames take time, get lost with their connection, or come too late.
import type { AskTicket, OpenSocket, Post } from '../../app/sync/surroundings'
import {
  decodeClientFrame,
  decodeServerFrame,
  encodeClientMessage,
  encodeServerMessage,
  joinFrame
} from '../../sync-api/protocol/codec'
import type { PersonId } from '../../sync-api/protocol/ids'
import { callMsMax } from '../../app/sync/post'
import type { HostEnd, RelayHost } from './relay-host'
import type { World } from './world'

/** The network as one page or worker has it. */
export type Attachment = {
  readonly openSocket: OpenSocket
  readonly ticket: AskTicket
  readonly post: Post
}

export type Network = {
  /** `isAlive` ends everything: what dies closes its sockets. */
  join(name: string, person: PersonId, isAlive: () => boolean): Attachment
  /** No network for a device (and its worker) for so long. */
  partition(name: string, ms: number): void
  isPartitioned(name: string): boolean
  heal(): void
}

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

  function join(name: string, person: PersonId, isAlive: () => boolean): Attachment {
    const openSocket: OpenSocket = (protocols, events) => {
      const up: Direction = { last: 0, lost: false }
      const down: Direction = { last: 0, lost: false }
      let end: HostEnd | null = null
      let ended = false

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
          const frame = typeof data === 'string' ? data : data.slice()
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

    const ticket: AskTicket = () =>
      call(async () => {
        const given = host.issue(person)
        if (given === null) throw new Error('The relay is down')
        return { kind: 'ticket', ticket: given } as const
      })

    const post: Post = async (messages) => {
      const wish = await ticket(false)
      if (wish.kind === 'refused') throw new Error('The relay does not know this person')
      const body = joinFrame(messages.map(encodeClientMessage))
      return await call(async () => {
        const heard = decodeClientFrame(body)
        if (chance.happens(world.faults.duplicate)) {
          // Something on the way sends it twice; the second answer goes nowhere.
          time.after(delay(), () => void host.bulk(wish.ticket, heard).catch(() => undefined))
        }
        const answers = await host.bulk(wish.ticket, heard)
        return decodeServerFrame(joinFrame(answers.map(encodeServerMessage)))
      })
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

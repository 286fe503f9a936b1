// How long an edit takes: to its acknowledgement, and to another person. Told, and not judged unless asked.
import { ackTargetMs, peerTargetMs } from './limits'
import { expect } from './report'
import { connect } from './socket'
import { hearEntry, pushed, subscribe } from './talking'
import type { Visit } from './visit'
import { startWriting } from './writing'

/** Edits before those that are measured: a function that starts cold is not what people meet all day. */
const warmEdits = 5

export async function lookAtLatency(visit: Visit): Promise<void> {
  const { report, target, options } = visit
  const place = await report.need('a document can be made', () => visit.newPlace())
  const { person: guest } = await place.invite('viewer')
  const writer = await connect(target, place.owner)
  const reader = await connect(target, guest)
  await subscribe(writer, place.content)
  await subscribe(reader, place.content)
  const ways = { ping: new Array<number>(), ack: new Array<number>(), peer: new Array<number>() }
  await report.need(`${options.edits} edits reach the relay and another person`, async () => {
    const writing = startWriting(place.content, place.owner)
    for (let edit = 0; edit < warmEdits; edit++) await pushed(writer, writing.push('w'))
    for (let edit = 0; edit < options.edits; edit++) {
      const pingedAt = performance.now()
      writer.say({ type: 'ping' })
      await writer.hear('pong')
      ways.ping.push(performance.now() - pingedAt)
      const push = writing.push('e')
      const saidAt = performance.now()
      const timed = (way: number[]) => (): void => void way.push(performance.now() - saidAt)
      await Promise.all([
        pushed(writer, push).then(timed(ways.ack)),
        hearEntry(reader, push).then(timed(ways.peer))
      ])
    }
  })
  await Promise.all([writer.close(), reader.close()])
  const peerTarget = writer.welcome.binary ? peerTargetMs.oneHost : peerTargetMs.gateway
  report.note(`from here there and back, a ping takes ${spread(ways.ping)}`)
  const judge = options.strict
    ? async (what: string, way: readonly number[], targetMs: number): Promise<void> => {
        await report.check(`${what} takes less than ${targetMs} ms at the median`, async (add) => {
          expect(quantile(way, 0.5) < targetMs, `it takes ${spread(way)}`)
          add(spread(way))
        })
      }
    : async (what: string, way: readonly number[], targetMs: number): Promise<void> =>
        report.note(`${what} takes ${spread(way)}; the target at the median is ${targetMs} ms`)
  await judge('an edit to its acknowledgement in the region', ways.ack, ackTargetMs)
  await judge('an edit to another person in the region', ways.peer, peerTarget)
}

/** The median and the 99th percentile. */
export function spread(values: readonly number[]): string {
  return `${round(quantile(values, 0.5))} ms at the median, ${round(quantile(values, 0.99))} ms at p99`
}

function quantile(values: readonly number[], part: number): number {
  const rising = values.toSorted((one, other) => one - other)
  return rising[Math.min(rising.length - 1, Math.floor(part * rising.length))] ?? 0
}

function round(ms: number): number {
  return ms < 10 ? Math.round(ms * 10) / 10 : Math.round(ms)
}

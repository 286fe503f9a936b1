// Acknowledged is durable: pushes over connections that end at any moment are there once each.
import { setTimeout as pause } from 'node:timers/promises'
import type { Push, ServerMessage } from '../../protocol/messages'
import { checkAll, checkKeys, titleOf, type Order } from './content'
import { lookAtFolding } from './folding'
import { cutsMin, lifeUsual } from './limits'
import { expect, Wrong } from './report'
import { connect, type Connection } from './socket'
import { answerTo, pullAll, pullAllOverHttp, pushed, wordsOf } from './talking'
import { until, type Place, type Visit } from './visit'
import { startWriting, type Writing } from './writing'

/** What a run of pushes over cut connections came to. */
type Run = {
  readonly writing: Writing
  readonly pushes: readonly Push[]
  readonly cuts: number
}

/** The promise that everything else serves. */
const lost = 'the log of the region before all else, and let nobody write here until then'

export async function lookAtDurability(visit: Visit): Promise<void> {
  const { report, target, options } = visit
  const place = await report.need('a document can be made', () => visit.newPlace())
  const regions = options.regions.length === 0 ? [null] : options.regions
  // What a region is told by others comes in any order.
  const order: Order = regions.length > 1 ? 'any' : 'rising'
  const run = await report.need(
    `${options.updates} pushes over connections that end without a goodbye are acknowledged`,
    async (add) => {
      const done = await pushThrough(visit, place, regions)
      add(`${done.cuts} cut`)
      if (regions.length > 1) add(`in turn in ${regions.join(', ')}`)
      return done
    }
  )
  for (const region of regions) {
    const where = region === null ? '' : ` in ${region}`
    await report.check(
      `what was acknowledged is there exactly once${where}, over the socket`,
      async () => {
        const reader = await connect(target, place.owner, region)
        // Of another region it may come late; of this one it may not.
        await until(regions.length > 1 ? options.regionLimitMs : 0, async () =>
          heldBy(run, (await pullAll(reader, place.owner, place.content)).entries, order)
        )
        await reader.close()
      },
      lost
    )
  }
  await report.check(
    'what was acknowledged is there exactly once, over HTTP',
    async () => {
      await until(regions.length > 1 ? options.regionLimitMs : 0, async () =>
        heldBy(run, (await pullAllOverHttp(place.owner, place.content)).entries, order)
      )
    },
    lost
  )
  await lookAtTwins(visit, place, regions)
  await lookAtFolding(visit)
}

/** True when the entries hold a run's pushes once each, else what is wrong. */
function heldBy(
  { pushes, writing }: Run,
  entries: Parameters<typeof checkAll>[0],
  order: Order
): true | string {
  try {
    checkAll(entries, pushes, writing.text(), order)
    return true
  } catch (failure) {
    if (!(failure instanceof Wrong)) throw failure
    return failure.message
  }
}

async function pushThrough(
  { target, options }: Visit,
  place: Place,
  regions: readonly (string | null)[]
): Promise<Run> {
  const writing = startWriting(place.content, place.owner)
  const pushes = Array.from({ length: options.updates }, (_, at) => writing.push(`${at + 1} `))
  const mayLag = regions.length > 1
  let acked = 0
  let movedAt = performance.now()
  let cuts = 0
  for (let lives = 0; acked < pushes.length; lives++) {
    const connection = await connect(target, place.owner, regions[lives % regions.length] ?? null)
    const now = await pushFrom(connection, pushes, { acked, life: lifeOf(pushes), mayLag })
    if (now > acked) movedAt = performance.now()
    acked = now
    if (acked < pushes.length) cuts += 1
    connection.cut()
    if (performance.now() - movedAt > options.regionLimitMs) {
      throw new Wrong(
        `${acked} were acknowledged, and no more in ${options.regionLimitMs / 1_000} s`
      )
    }
  }
  return { writing, pushes, cuts }
}

/** After how many acknowledgements a connection ends: random, so that over many the end comes at every moment. */
function lifeOf(pushes: readonly Push[]): number {
  const usual = Math.min(lifeUsual, pushes.length / cutsMin)
  return 1 + Math.floor(Math.random() * 2 * usual)
}

type Life = {
  /** The last number that was acknowledged, by whomever. */
  readonly acked: number
  /** How many answers this connection hears. */
  readonly life: number
  /** Whether the relay may not know yet what another region acknowledged. */
  readonly mayLag: boolean
}

/**
 * Pushes what comes after `acked` as a device does, until it has heard `life` answers: what was said
 * last is then under way. Answers the last number that is acknowledged now.
 */
async function pushFrom(
  connection: Connection,
  pushes: readonly Push[],
  { acked, life, mayLag }: Life
): Promise<number> {
  const window = connection.welcome.pushesInFlightMax
  let done = acked
  let next = acked
  for (let heard = 0; done < pushes.length; heard++) {
    while (next < pushes.length && next - done < window) connection.say(pushes[next++]!)
    if (heard === life) break
    const step = stepOf(await answerTo(connection, pushes[done]!), done, mayLag)
    done = step.done
    if (step.afterMs === null) continue
    next = done
    await pause(step.afterMs)
  }
  return Math.max(acked, done)
}

type Step = {
  /** The last number that this connection has been acknowledged. */
  readonly done: number
  /** When what comes after it is sent again, ms from now; null when it need not be. */
  readonly afterMs: number | null
}

/** When a push whose time has not come is sent again, ms. */
const againMs = 300

function stepOf(answer: ServerMessage, done: number, mayLag: boolean): Step {
  switch (answer.type) {
    case 'ack':
      return { done: answer.n, afterMs: null }
    case 'gap':
      if (answer.have < done && !mayLag) {
        throw new Wrong(`it has ${answer.have} pushes after it acknowledged ${done}`)
      }
      // Another region acknowledged what is not here yet: whoever has it gives it here too.
      return { done: Math.min(answer.have, done), afterMs: mayLag ? 0 : againMs }
    case 'unknown':
      return { done, afterMs: againMs }
    case 'error':
      if (answer.retryMs === 0) throw new Wrong(`a push was answered ${wordsOf(answer)}`)
      return { done, afterMs: answer.retryMs }
    default:
      throw new Wrong(`a push was answered ${wordsOf(answer)}`)
  }
}

/** Pushes that two connections say at the same moment. */
const twinsCount = 10

async function lookAtTwins(
  { report, target }: Visit,
  place: Place,
  regions: readonly (string | null)[]
): Promise<void> {
  const [region = null] = regions
  const other = regions.at(-1) ?? null
  const where = region === other ? '' : `, one in ${region} and one in ${other},`
  await report.check(
    `pushes said over two connections at once${where} are there once`,
    async () => {
      const connections = await Promise.all(
        [region, other].map((name) => connect(target, place.owner, name))
      )
      const writing = startWriting(place.content, place.owner)
      const words = Array.from({ length: twinsCount }, (_, at) => `twin-${at + 1} `)
      const pushes = words.map((word) => writing.push(word))
      for (const push of pushes) {
        await Promise.all(connections.map((connection) => pushed(connection, push)))
      }
      const { entries } = await pullAll(connections[0]!, place.owner, place.content)
      checkKeys(entries, pushes, region === other ? 'rising' : 'any')
      const title = titleOf(entries)
      const found = words.filter((word) => title.split(word).length === 2)
      expect(found.length === words.length, `${found.length} of ${words.length} are`)
      for (const connection of connections) connection.cut()
    }
  )
}

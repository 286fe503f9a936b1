// Several regions as one: what is written in one is read in each other, and what is withdrawn is withdrawn there.
import { setTimeout as pause } from 'node:timers/promises'
import type { Push } from '../../protocol/messages'
import { checkKeys, titleOf } from './content'
import { lookEveryMs } from './limits'
import { spread } from './latency'
import { expect, Wrong } from './report'
import { connect, type Connection } from './socket'
import { pullAll, pushed, subscribe } from './talking'
import { until, type Place, type Visit } from './visit'
import { startWriting } from './writing'

/** Edits whose way to each other region is measured. */
const editsPerRegion = 5

type Region = { readonly name: string; readonly connection: Connection }

export async function lookAtRegions(visit: Visit): Promise<void> {
  const { report, options } = visit
  if (options.regions.length < 2) {
    return report.note('no regions were named: --regions us-east-1,eu-west-1,… looks at them too')
  }
  const place = await report.need('a document can be made', () => visit.newPlace())
  const regions: Region[] = []
  for (const name of options.regions) {
    const connection = await report.need(
      `${name} welcomes, and knows the document`,
      async (add) => {
        const found = await settle(visit, place, name)
        add(`after ${Math.round(found.ms)} ms`)
        return found.connection
      },
      `the CDN’s behaviour for /ws/${name}, and whether the table has a replica there`
    )
    regions.push({ name, connection })
  }
  for (const from of regions) {
    for (const to of regions) if (to !== from) await lookAtWay(visit, place, from, to)
  }
  await lookAtTwin(visit, place, regions)
  for (const { connection } of regions) connection.cut()
  await lookAtWithdrawal(visit, place)
}

/** A connection to a region that knows the document, which may have been made elsewhere a moment ago. */
async function settle(
  { target, options }: Visit,
  { owner, content }: Place,
  name: string
): Promise<{ readonly connection: Connection; readonly ms: number }> {
  const connection = await connect(target, owner, name)
  const { region } = connection.welcome
  expect(region === name, `the region "${region}" welcomes at the address of ${name}`)
  const ms = await until(options.regionLimitMs, async () => {
    const { role } = await subscribe(connection, content)
    return role === 'owner' ? true : 'the document is not known'
  })
  return { connection, ms }
}

async function lookAtWay(
  { report, options }: Visit,
  { owner, content }: Place,
  from: Region,
  to: Region
): Promise<void> {
  await report.check(
    `what is written in ${from.name} is read in ${to.name}`,
    async (add) => {
      const writing = startWriting(content, owner)
      const told: number[] = []
      let late = 0
      for (let edit = 0; edit < editsPerRegion; edit++) {
        const push = writing.push('e')
        const saidAt = performance.now()
        await pushed(from.connection, push)
        if (!(await arrival(to.connection, push, options.regionLimitMs))) {
          late += 1
          await readable(to.connection, { owner, content }, push, options.regionLimitMs)
        }
        told.push(performance.now() - saidAt)
      }
      add(spread(told))
      if (late > 0) add(`${late} of ${editsPerRegion} only when asked for`)
    },
    `the rules of the bus in ${from.name}, the functions "relay" and "stream" in ${to.name}, and what was not delivered`
  )
}

/** How long it is waited to be told an entry of another region before it is asked for, ms. */
const toldWithinMs = 5_000

/** Whether the entry of a push is told within the time. */
async function arrival({ hear }: Connection, push: Push, limitMs: number): Promise<boolean> {
  return hear(
    'entry',
    ({ entries }) => entries.some((entry) => isOf(entry, push)),
    Math.min(limitMs, toldWithinMs)
  ).then(
    () => true,
    (failure: unknown) => {
      if (failure instanceof Wrong) return false
      throw failure
    }
  )
}

/** Pulls until it is there: a region may lose what it should tell, and not what is stored. */
async function readable(
  connection: Connection,
  { owner, content }: Pick<Place, 'owner' | 'content'>,
  push: Push,
  limitMs: number
): Promise<void> {
  await until(limitMs, async () => {
    const { entries } = await pullAll(connection, owner, content)
    return entries.some((entry) => isOf(entry, push)) ? true : 'it is not there'
  })
}

function isOf(entry: Pick<Push, 'outbox' | 'n'>, push: Push): boolean {
  return entry.outbox === push.outbox && entry.n === push.n
}

async function lookAtTwin(
  { report, options }: Visit,
  { owner, content }: Place,
  regions: readonly Region[]
): Promise<void> {
  const word = 'everywhere '
  const done = await report.check(
    'a push said in all regions at once is taken by each',
    async () => {
      const push = startWriting(content, owner).push(word)
      await Promise.all(regions.map(({ connection }) => pushed(connection, push)))
      return push
    }
  )
  if (done === null) return
  for (const { name, connection } of regions) {
    await report.check(`a push said in all regions at once is there once in ${name}`, async () => {
      // What would double it has arrived when nothing else is missing.
      await pause(lookEveryMs)
      await until(options.regionLimitMs, async () => {
        const { entries } = await pullAll(connection, owner, content)
        checkKeys(entries, [done], 'any')
        return titleOf(entries).split(word).length === 2 ? true : 'it is not'
      })
    })
  }
}

async function lookAtWithdrawal(visit: Visit, place: Place): Promise<void> {
  const { report, target, options } = visit
  const { document, content } = place
  const { person, link } = await place.invite('viewer')
  const held: Region[] = []
  for (const name of options.regions) {
    await report.check(`a link lets a person in in ${name}`, async () => {
      const connection = await connect(target, person, name)
      await until(options.regionLimitMs, async () => {
        const { role } = await subscribe(connection, content)
        return role === 'viewer' ? true : 'the link is not known'
      })
      held.push({ name, connection })
    })
  }
  await place.withdraw(link)
  const withdrawnAt = performance.now()
  for (const { name, connection } of held) {
    await report.check(`the withdrawal of a link is told in ${name}`, async (add) => {
      const isIt = (told: { document: string; role: unknown }): boolean =>
        told.document === document && told.role === null
      await connection.hear('role-changed', isIt, options.regionLimitMs)
      add(`after ${Math.round(performance.now() - withdrawnAt)} ms`)
      connection.cut()
    })
  }
}

// A function dies before and after every call that it makes: whoever called it tries again, and then it is right.
import { afterAll, beforeAll, expect, it } from 'vitest'
import { createConnections } from '../../sync-api/adapters/aws/connections'
import { checkAll, holdsCheckpoint } from '../../sync-api/hosts/verify/content'
import { readDeploymentOptions } from '../../sync-api/hosts/verify/options'
import { createReport } from '../../sync-api/hosts/verify/report'
import {
  acknowledged,
  hearEntry,
  pullAll,
  pullAllOverHttp
} from '../../sync-api/hosts/verify/talking'
import { startVisit, until, type Visit } from '../../sync-api/hosts/verify/visit'
import type { LambdaFunction } from '../../sync-api/local-cloud/lambda/lambda-function'
import { channelKey } from '../../sync-api/protocol/ids'
import { connectionItems, east, openBed, west, type Bed } from './bed'
import { again, companyIn, expectAll, lineTo, type Company } from './company'

/** What failed comes again as soon as this, ms: what the services wait is not what is looked at. */
const retryMs = 20

let bed: Bed
let visit: Visit
beforeAll(async () => {
  bed = await openBed({ regions: [east, west], retryMs, lagMs: () => 100, eventMs: () => 10 })
  const options = readDeploymentOptions([bed.url])
  if (options === null) throw new Error('There is no address')
  visit = startVisit(
    options,
    createReport(() => undefined)
  )
})
afterAll(async () => {
  visit.target.cutAll()
  await bed.stop()
})

/**
 * Lets the next invocation die before and after its first call, then its second, and so on until it makes no more; answers how many
 * it makes. `ready` is what comes before it.
 */
async function dieEverywhere<T>(
  made: LambdaFunction,
  ready: () => Promise<T> | T,
  run: (readied: T) => Promise<void>
): Promise<number> {
  for (let call = 1; ; call++) {
    for (const moment of ['before', 'after'] as const) {
      const readied = await ready()
      const watch = made.dieAt(call, moment)
      try {
        await run(readied)
      } catch (cause) {
        throw new Error(`${made.name} died ${moment} call ${call}`, { cause })
      }
      if (!watch.fired()) return call - 1
    }
  }
}

const company = (): Promise<Company> => companyIn(visit)

const eastern = (name: 'socket' | 'http' | 'sync' | 'stream' | 'tick'): LambdaFunction =>
  bed.region(east).functions[name]

it('A push over a socket is there once, and told, whenever its function died', async () => {
  const all = await company()
  const calls = await dieEverywhere(eastern('socket'), nothing, async () => {
    const push = all.writing.push('word ')
    all.pushes.push(push)
    await all.author.push(push)
    await hearEntry(all.near.now(), push)
    await hearEntry(all.far.now(), push)
  })
  expect(calls).toBeGreaterThan(5)
  await expectAll(all, all.writing.text())
  bed.expectWell()
})

it('The first push of a person is as well, where nothing of the document is known', async () => {
  const calls = await dieEverywhere(eastern('socket'), company, async (all) => {
    const push = all.writing.push('first')
    all.pushes.push(push)
    await all.author.push(push)
    await hearEntry(all.far.now(), push)
    await expectAll(all, 'first')
  })
  expect(calls).toBeGreaterThan(5)
})

it('Who subscribes is told what comes then', async () => {
  const all = await company()
  const calls = await dieEverywhere(eastern('socket'), nothing, async () => {
    // The connection stands already; its first message is the hello, and the next one asks for the document.
    await all.near.anew()
    const push = all.writing.push('word ')
    all.pushes.push(push)
    await all.author.push(push)
    await hearEntry(all.near.now(), push)
  })
  expect(calls).toBeGreaterThan(0)
  await expectAll(all, all.writing.text())
})

it('Who has left is taken out by whoever writes next, where nobody did before', async () => {
  const all = await company()
  const { place, near, author, writing, pushes } = all
  const connections = createConnections(connectionItems(bed, east), Date.now)
  const calls = await dieEverywhere(eastern('socket'), nothing, async () => {
    const here = async (): Promise<number> =>
      (await connections.membersOf(place.document, 'content')).length
    await near.now().close()
    const push = writing.push('word ')
    pushes.push(push)
    await author.push(push)
    await until(10_000, async () => ((await here()) === 1 ? true : 'somebody is still there'))
    await near.anew()
  })
  expect(calls).toBeGreaterThan(1)
})

it('A push over HTTP is there once, whenever its function died', async () => {
  const all = await company()
  const calls = await dieEverywhere(eastern('http'), nothing, async () => {
    const push = all.writing.push('word ')
    all.pushes.push(push)
    await again(async () => {
      const [answer] = await all.place.owner.bulk(push)
      acknowledged(answer)
    })
    await hearEntry(all.near.now(), push)
    await hearEntry(all.far.now(), push)
  })
  expect(calls).toBeGreaterThan(5)
  await expectAll(all, all.writing.text())
})

it('Who lost a right is told, and told nothing more, whenever a function died', async () => {
  const all = await company()
  const { place, author, writing, pushes } = all
  const calls = await dieEverywhere(
    eastern('http'),
    async () => {
      const { person, link } = await place.invite('viewer')
      return { link, guest: await lineTo(visit, west, person, place) }
    },
    async ({ link, guest }) => {
      await again(() => place.withdraw(link))
      const { role } = await guest.now().hear('role-changed')
      expect(role).toBeNull()
      const push = writing.push('word ')
      pushes.push(push)
      await author.push(push)
      guest.now().cut()
    }
  )
  expect(calls).toBeGreaterThan(5)
  await expectAll(all, writing.text())
})

it('What a region announced is told in the other, whenever the function there died', async () => {
  const all = await company()
  const { relay } = bed.region(west).functions
  // What died is told by the stream meanwhile: the event that comes again is not to die again.
  const atRest = (): Promise<void> => expectAtRest(relay)
  const calls = await dieEverywhere(relay, atRest, async () => {
    const push = all.writing.push('word ')
    all.pushes.push(push)
    await all.author.push(push)
    await hearEntry(all.far.now(), push)
  })
  expect(calls).toBeGreaterThan(3)
  await expectAll(all, all.writing.text())
  await atRest()
  bed.expectWell()
})

it('What the bus lost is told by the stream, whenever the function there died', async () => {
  const all = await company()
  const link = bed.buses.link(east, west)
  link.pause()
  const calls = await dieEverywhere(bed.region(west).functions.stream, nothing, async () => {
    const push = all.writing.push('word ')
    all.pushes.push(push)
    await all.author.push(push)
    await hearEntry(all.far.now(), push)
  })
  link.resume()
  expect(calls).toBeGreaterThan(3)
  await expectAll(all, all.writing.text())
})

it('A log is folded and taken out, whenever the function that does it died', async () => {
  const all = await company()
  const { place, writing, pushes, author } = all
  const sync = eastern('sync')
  const folded = await dieEverywhere(sync, nothing, async () => {
    for (let more = 3; more > 0; more--) {
      const push = writing.push('word ')
      pushes.push(push)
      await author.push(push)
    }
    sync.send(JSON.stringify({ kind: 'fold', log: channelKey(place.content) }))
    await expectAtRest(sync)
    await expectAll(all, writing.text())
  })
  expect(folded).toBeGreaterThan(5)
  const tended = await dieEverywhere(sync, nothing, async () => {
    sync.send(JSON.stringify({ kind: 'tend', log: channelKey(place.content) }))
    await expectAtRest(sync)
    await expectAll(all, writing.text())
  })
  expect(tended).toBeGreaterThan(2)
  const { entries } = await pullAllOverHttp(place.owner, place.content)
  expect(holdsCheckpoint(entries)).toBe(true)
  expect(sync.givenUp()).toEqual([])
})

it('Who asks for all of a log is answered, whenever the function that does it died', async () => {
  const all = await company()
  const { author, place, pushes, writing } = all
  pushes.push(writing.push('word '))
  await author.push(pushes[0]!)
  const calls = await dieEverywhere(eastern('sync'), nothing, async () => {
    const { entries } = await pullAll(author.now(), place.owner, place.content)
    checkAll(entries, pushes, 'word ')
  })
  expect(calls).toBeGreaterThan(1)
})

it('The people are counted by the tick after one that died', async () => {
  const tick = eastern('tick')
  const calls = await dieEverywhere(tick, nothing, async () => {
    await bed.region(east).tick()
    await bed.region(east).tick()
  })
  expect(calls).toBeGreaterThan(3)
})

function nothing(): void {
  // What it dies in needs nothing else.
}

async function expectAtRest(made: LambdaFunction): Promise<void> {
  await until(10_000, async () => (made.waiting() === 0 ? true : `${made.name} is at work`))
}

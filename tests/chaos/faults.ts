// What happens to the two people, one thing at a time, and is mended again.
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { seenOn } from '../browser/promise'
import { runTool } from '../host'
import type { Chance } from '../simulation/chance'
import type { Person } from './person'
import type { World } from './world'

export type Fault = {
  readonly kind: string
  happen(world: World, chance: Chance): Promise<void>
}

export const faults: readonly Fault[] = [
  {
    kind: 'server killed',
    async happen(world) {
      world.journal.say('The server is killed with -9, and starts again.')
      await world.host.kill('SIGKILL')
      await world.host.restart()
      await world.lookAtRelay()
    }
  },
  {
    kind: 'server gone for a while',
    async happen(world, chance) {
      world.journal.say('The server is killed with -9 and stays away while both type on.')
      await world.host.kill('SIGKILL')
      await world.untilTyped(2 + chance.below(8))
      await world.host.restart()
      await world.lookAtRelay()
    }
  },
  {
    kind: 'browser killed',
    async happen(world, chance) {
      const person = chance.pick(world.people)
      world.journal.say(`${person.name}’s whole browser is killed with -9, and started again.`)
      await killBrowser(person)
      await startAgain(world, person)
    }
  },
  {
    kind: 'server and browser killed',
    async happen(world, chance) {
      const person = chance.pick(world.people)
      world.journal.say(`The server and ${person.name}’s browser are killed at the same moment.`)
      await Promise.all([killBrowser(person), world.host.kill('SIGKILL')])
      await startAgain(world, person)
      world.journal.say(`${person.name} is back without a server; now that starts again too.`)
      await world.host.restart()
      await world.lookAtRelay()
    }
  },
  {
    kind: 'link cut',
    async happen(world, chance) {
      const person = chance.pick(world.people)
      world.journal.say(`${person.name}’s link is cut; both type on.`)
      person.gate.cut()
      await world.untilTyped(3 + chance.below(10))
      person.gate.mend()
    }
  },
  {
    kind: 'link flutters',
    async happen(world, chance) {
      world.journal.say('Both links come and go, several times.')
      for (let time = 0; time < 4; time++) {
        for (const { gate } of world.people) if (chance.happens(0.7)) gate.cut()
        await world.untilTyped(1)
        for (const { gate } of world.people) gate.mend()
        await world.untilTyped(chance.below(3))
      }
    }
  },
  {
    kind: 'storage full',
    async happen(world, chance) {
      const person = chance.pick(world.people)
      world.journal.say(`${person.name}’s browser stores nothing more: its quota is used up.`)
      const page = person.page()!
      await page.evaluate(refuseWrites)
      await world.untilTyped(6)
      const { label } = await seenOn(page)
      world.journal.say(`${person.name}’s screen says “${label}”. There is room again.`)
      await page.evaluate(() => window.dispatchEvent(new Event('room-again')))
    }
  },
  {
    kind: 'clock jump',
    async happen(world, chance) {
      const person = chance.pick(world.people)
      const hours = chance.pick([-48, -1, 1, 48])
      world.journal.say(`${person.name}’s clock jumps by ${hours} hours.`)
      await person.page()!.evaluate(moveClock, hours * 3_600_000)
    }
  },
  {
    kind: 'tab closed',
    async happen(world, chance) {
      const person = chance.pick(world.people)
      world.journal.say(`${person.name} closes the tab in the middle of a word, and opens another.`)
      const page = person.page()!
      person.leave()
      await page.close()
      await world.comeBack(person)
    }
  },
  {
    kind: 'leading tab killed',
    async happen(world) {
      const [ada] = world.people
      world.journal.say('Ada has a second tab; the one that syncs crashes.')
      const leading = ada.page()!
      ada.leave()
      await world.comeBack(ada)
      await world.untilTyped(2)
      await crash(leading)
    }
  },
  {
    kind: 'backup under load',
    async happen(world) {
      const target = join(world.folder, 'backup')
      const words = ['--data', world.host.data, target]
      const { code, output } = await runTool('backup', words)
      world.journal.say(output.trim())
      const verified = await runTool('verify', [target])
      if (code !== 0 || verified.code !== 0) world.journal.wrong(output + verified.output)
      await rm(target, { recursive: true, force: true })
    }
  }
]

async function killBrowser(person: Person): Promise<void> {
  person.leave()
  await person.browser.kill()
}

/** What had been called safe on the device must be there before anything comes from elsewhere. */
async function startAgain(world: World, person: Person): Promise<void> {
  await person.browser.restart()
  await world.comeBack(person)
}

async function crash(page: Page): Promise<void> {
  const session = await page.context().newCDPSession(page)
  const crashed = new Promise((resolve) => page.once('crash', resolve))
  // It never answers: there is nobody left to.
  session.send('Page.crash').catch(() => undefined)
  await crashed
}

// These run in the page.

/** As a full disk does to IndexedDB: every write is refused, until there is room again. */
function refuseWrites(): void {
  const { add, put } = IDBObjectStore.prototype
  const refuse = (): never => {
    throw new DOMException('There is no room', 'QuotaExceededError')
  }
  IDBObjectStore.prototype.add = refuse
  IDBObjectStore.prototype.put = refuse
  const restore = (): void => {
    IDBObjectStore.prototype.add = add
    IDBObjectStore.prototype.put = put
  }
  window.addEventListener('room-again', restore, { once: true })
}

function moveClock(byMs: number): void {
  const now = Date.now.bind(Date)
  Date.now = () => now() + byMs
}

// `npm run chaos -- <minutes> [--seed <number>]`: two people type while everything happens to them.
import { createChance, type Chance } from '../simulation/chance'
import { faults, type Fault } from './faults'
import { createJournal, type Journal } from './journal'
import { openWorld, type World } from './world'

const { minutes, seed } = readWords(process.argv.slice(2))
const journal = createJournal()
journal.say(`Chaos for ${minutes} minutes. Again: npm run chaos -- ${minutes} --seed ${seed}`)
const world = await openWorld(journal)
try {
  await cause(world, journal, createChance(seed), performance.now() + minutes * 60_000)
  await world.end()
} catch (failure) {
  journal.wrong(`It could not go on: ${failure instanceof Error ? failure.stack : String(failure)}`)
} finally {
  await world.close()
}
process.stdout.write(`\n${journal.report(world.counts())}\n`)
if (journal.isWrong()) process.exitCode = 1

/** Faults until the time is up, each kind as often as any other; after each all must be well again. */
async function cause(at: World, to: Journal, chance: Chance, until: number): Promise<void> {
  let left: Fault[] = []
  while (performance.now() < until && !to.isWrong()) {
    if (left.length === 0) left = [...faults]
    const [fault] = left.splice(chance.below(left.length), 1)
    if (fault === undefined) return
    await at.untilTyped(1 + chance.below(8))
    to.fault(fault.kind)
    await fault.happen(at, chance)
    await at.untilTyped(1 + chance.below(4))
    await at.recover(fault.kind)
  }
}

function readWords(words: readonly string[]): { minutes: number; seed: number } {
  const number = (text: string | undefined, otherwise: number): number => {
    const value = Number(text ?? otherwise)
    if (!Number.isFinite(value) || value <= 0) throw new Error(`Not a number above 0: ${text}`)
    return value
  }
  const at = words.indexOf('--seed')
  const seed = number(at < 0 ? undefined : words[at + 1], 1 + Math.floor(Math.random() * 1e6))
  return { minutes: number(words[0]?.startsWith('--') === false ? words[0] : undefined, 3), seed }
}

// `npm run simulate -- <count> [--seed <first>] [--plant <bug>]`: runs seeds and prints what broke.
import { plantNames } from './plant-names'
import { simulate, type Outcome } from './simulation'

const { count, first, plant } = readWords(process.argv.slice(2))
const from = performance.now()
const totals = { acks: 0, appends: 0, saved: 0, deaths: 0 }
let broken = 0
for (let seed = first; seed < first + count; seed++) {
  const outcome = await simulate(seed, plant)
  for (const name of Object.keys(totals) as (keyof typeof totals)[]) {
    totals[name] += outcome.counts[name]
  }
  if (outcome.violation === null) continue
  broken += 1
  // The same seed again, this time with every message written down.
  process.stdout.write(
    describe(broken > 3 ? outcome : await simulate(seed, plant, true), broken <= 3)
  )
}
const seconds = (performance.now() - from) / 1000
const sums = Object.entries(totals).map(([name, sum]) => `${sum} ${name}`)
process.stdout.write(
  `${count} seeds, ${broken} broken, ${sums.join(', ')}; ${(count / seconds).toFixed(1)} seeds a second\n`
)
if (broken > 0 && plant === null) process.exitCode = 1

function describe({ seed, violation, trace }: Outcome, whole: boolean): string {
  const again = `npm run simulate -- 1 --seed ${seed}${plant === null ? '' : ` --plant ${plant}`}`
  const lines = whole ? trace.map((line) => `  ${line}\n`).join('') : ''
  return `seed ${seed}: ${violation}\n${lines}  again: ${again}\n`
}

function readWords(words: readonly string[]) {
  const valueOf = (flag: string): string | null => {
    const at = words.indexOf(flag)
    return at < 0 ? null : (words[at + 1] ?? '')
  }
  const wanted = valueOf('--plant')
  const plant = plantNames.find((name) => name === wanted) ?? null
  if (wanted !== null && plant === null) {
    throw new Error(`No such bug: ${wanted}. Bugs: ${plantNames.join(', ')}`)
  }
  const number = (text: string | null | undefined, otherwise: number): number => {
    const value = Number(text ?? otherwise)
    if (!Number.isInteger(value) || value < 0) throw new Error(`Not a count: ${text}`)
    return value
  }
  const [head] = words
  const count = number(head?.startsWith('--') ? null : head, 100)
  return { count, first: number(valueOf('--seed'), 1), plant }
}

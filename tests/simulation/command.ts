// `npm run simulate -- <count> [<first seed>] [--plant <bug>] [--all]`: runs seeds, prints what broke.
import { plantNames, type PlantName } from './plant-names'
import { simulate, type Outcome } from './simulation'
import { simulateAll } from './threads'
import { addTo, sumOf, zero } from './totals'

/** Lines of the trace that are printed without `--all`. */
const linesMax = 150

/** Violations whose trace is printed; of the others there is one line. */
const tracesMax = 3

const { count, first, plant, all } = readWords(process.argv.slice(2))
const from = performance.now()
const totals = zero()
const broken: Outcome[] = []
let done = 0
await simulateAll({ ...{ first, count, plant }, onOutcome })
for (const { seed } of broken.slice(0, tracesMax)) {
  // The same seed again, this time with every message written down.
  process.stdout.write(describe(await simulate(seed, plant, true)))
}
const seconds = (performance.now() - from) / 1000
process.stdout.write(
  `${done} seeds from ${first}, ${broken.length} broken, ${sumOf(totals)}; ${(done / seconds).toFixed(1)} seeds a second\n`
)
if (broken.length > 0 && plant === null) process.exitCode = 1

function onOutcome(outcome: Outcome): void {
  done += 1
  addTo(totals, outcome.counts)
  if (outcome.violation !== null) {
    broken.push(outcome)
    process.stdout.write(`seed ${outcome.seed}: ${outcome.violation}\n`)
  }
  if (done % 1_000 === 0) process.stdout.write(`${done} seeds, ${broken.length} broken\n`)
}

function describe({ seed, violation, trace }: Outcome): string {
  const again = `npm run simulate -- 1 ${seed}${plant === null ? '' : ` --plant ${plant}`}`
  const lines = trace.slice(all ? 0 : -linesMax).map((line) => `  ${line}\n`)
  return `\nseed ${seed}: ${violation}\n${lines.join('')}  again: ${again} --all\n`
}

function readWords(words: readonly string[]) {
  const at = words.indexOf('--plant')
  const wanted = at < 0 ? null : (words[at + 1] ?? '')
  const plant: PlantName | null = plantNames.find((name) => name === wanted) ?? null
  if (wanted !== null && plant === null) {
    throw new Error(`No such bug: ${wanted}. Bugs: ${plantNames.join(', ')}`)
  }
  const [count, first] = words.filter((word) => /^\d+$/.test(word)).map(Number)
  return { count: count ?? 100, first: first ?? 1, plant, all: words.includes('--all') }
}

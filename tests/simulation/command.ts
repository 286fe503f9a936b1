// `npm run simulate -- [regions] <count> [<first seed>] [--plant <bug>] [--all]`: runs seeds, prints what broke.
import { plantNames } from './plant-names'
import { plantNames as regionPlantNames } from './regions/plant-names'
import { simulate as simulateRegions } from './regions/regions'
import { simulate } from './simulation'
import { simulateAll, type Simulate } from './threads'
import { addTo, sumOf } from './totals'

/** Lines of the trace that are printed without `--all`. */
const linesMax = 150

/** Violations whose trace is printed; of the others there is one line. */
const tracesMax = 3

type Outcome = {
  readonly seed: number
  readonly violation: string | null
  readonly trace: readonly string[]
  readonly counts: object
}

/** A kind of world, and how it is named on the command line. */
type Kind<Plant extends string> = {
  readonly word: string
  readonly file: string
  readonly plants: readonly Plant[]
  readonly simulate: Simulate<Plant, Outcome>
  /** With every message written down. */
  readonly closely: Simulate<Plant, Outcome>
}

const words = process.argv.slice(2)
if (words.includes('regions')) {
  await run({
    ...{ word: 'regions ', file: 'regions/regions.ts', plants: regionPlantNames },
    ...{ simulate: simulateRegions, closely: simulateRegions }
  })
} else {
  await run({
    ...{ word: '', file: 'simulation.ts', plants: plantNames, simulate },
    closely: (seed, plant) => simulate(seed, plant, true)
  })
}

async function run<Plant extends string>(kind: Kind<Plant>): Promise<void> {
  const { file } = kind
  const { count, first, plant } = readWords(kind.plants)
  const from = performance.now()
  const totals = {}
  const broken: Outcome[] = []
  let done = 0
  await simulateAll({
    ...{ file, simulate: kind.simulate, first, count, plant },
    onOutcome(outcome) {
      done += 1
      addTo(totals, outcome.counts)
      if (outcome.violation !== null) {
        broken.push(outcome)
        process.stdout.write(`seed ${outcome.seed}: ${outcome.violation}\n`)
      }
      if (done % 1_000 === 0) process.stdout.write(`${done} seeds, ${broken.length} broken\n`)
    }
  })
  for (const { seed } of broken.slice(0, tracesMax)) {
    process.stdout.write(describe(kind, await kind.closely(seed, plant), plant))
  }
  const seconds = (performance.now() - from) / 1000
  const sum = `${done} seeds from ${first}, ${broken.length} broken, ${sumOf(totals)}`
  process.stdout.write(`${sum}; ${(done / seconds).toFixed(1)} seeds a second\n`)
  if (broken.length > 0 && plant === null) process.exitCode = 1
}

function describe<Plant extends string>(
  { word }: Kind<Plant>,
  { seed, violation, trace }: Outcome,
  plant: Plant | null
): string {
  const again = `npm run simulate -- ${word}1 ${seed}${plant === null ? '' : ` --plant ${plant}`}`
  const lines = trace.slice(words.includes('--all') ? 0 : -linesMax).map((line) => `  ${line}\n`)
  return `\nseed ${seed}: ${violation}\n${lines.join('')}  again: ${again} --all\n`
}

function readWords<Plant extends string>(plants: readonly Plant[]) {
  const at = words.indexOf('--plant')
  const wanted = at < 0 ? null : (words[at + 1] ?? '')
  const plant = plants.find((name) => name === wanted) ?? null
  if (wanted !== null && plant === null) {
    throw new Error(`No such bug: ${wanted}. Bugs: ${plants.join(', ')}`)
  }
  const [count, first] = words.filter((word) => /^\d+$/.test(word)).map(Number)
  return { count: count ?? 100, first: first ?? 1, plant }
}

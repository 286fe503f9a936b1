// `npm run fuzz -- <count> [--seed <first>]`: that many damaged updates, and a twentieth as many that mean
// harm; prints what the relay said to them, what was taken and broke Yjs, and the slowest.
import { fuzzHostile } from './hostile'
import { fuzzMutants, newFuzzed, type Fuzzed } from './mutants'

const words = process.argv.slice(2)
const seedAt = words.indexOf('--seed')
const count = Number(words[0] ?? 100_000)
const first = seedAt < 0 ? 1 : Number(words[seedAt + 1])
if (!Number.isInteger(count) || !Number.isInteger(first)) {
  throw new Error('Usage: npm run fuzz -- <count> [--seed <first>]')
}

run('damaged', count, fuzzMutants)
run('meaning harm', Math.ceil(count / 20), fuzzHostile)

function run(
  what: string,
  inputs: number,
  fuzz: (fuzzed: Fuzzed, seed: number, count: number) => void
): void {
  const fuzzed = newFuzzed()
  const from = process.cpuUsage()
  fuzz(fuzzed, first, inputs)
  const { user, system } = process.cpuUsage(from)
  const verdicts = [...fuzzed.verdicts].sort(([, one], [, other]) => other - one)
  const lines = [
    `${what}: ${fuzzed.inputs} updates, ${fuzzed.accepted} taken, ${fuzzed.broken.length} of them broke something; ${((user + system) / 1e6).toFixed(0)} s of a core`,
    `  not foldable in their order, so left unfolded: ${fuzzed.unfoldable}`,
    `  slowest ${fuzzed.slowest.ms.toFixed(1)} ms: ${fuzzed.slowest.input.slice(0, 200)}`,
    ...verdicts.map(([verdict, times]) => `  ${times} ${verdict}`),
    ...fuzzed.broken.slice(0, 20).map((one) => `  BROKEN ${one}`)
  ]
  process.stdout.write(`${lines.join('\n')}\n`)
  if (fuzzed.broken.length > 0) process.exitCode = 1
}

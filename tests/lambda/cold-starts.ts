// `npm run cold-starts [-- <rounds>]`: prints what each function loads at a cold start and what that costs, and what of it are packages.
import { spawnSync } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { bundleFunctions, bundleFunction, type FunctionBundle } from './function-bundles'

/** What the socket is bundled without, one after the other. */
const [lambda, bus, callbacks, tables] = [
  '@aws-sdk/client-lambda',
  '@aws-sdk/client-eventbridge',
  '@aws-sdk/client-apigatewaymanagementapi',
  '@aws-sdk/client-dynamodb'
]
const parts: Readonly<Record<string, readonly string[]>> = {
  "Lambda's client": [lambda],
  "EventBridge's client": [bus],
  "the callbacks' client": [callbacks],
  'any client of AWS': [lambda, bus, callbacks, tables],
  ioredis: ['ioredis']
}

/** Of the import alone: what Node itself takes to start is not ours. */
const importing = `
const before = process.cpuUsage()
await import(process.argv[1])
const { user, system } = process.cpuUsage(before)
process.stdout.write(String((user + system) / 1000))
process.exit()
`

/** CPU time, ms, of all threads of a new process. */
function cpuOf(file: string): number {
  const words = ['--input-type=module', '-e', importing, pathToFileURL(file).href]
  const env = { ...process.env, AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true' }
  const { stdout, stderr, status } = spawnSync(process.execPath, words, { encoding: 'utf8', env })
  if (status !== 0) throw new Error(`${file} cannot be imported: ${stderr}`)
  return Number(stdout)
}

type Row = { readonly title: string; readonly sizes: string; readonly file: string }

function rowOf(title: string, { file, initial, later }: FunctionBundle): Row {
  const sizes = [initial.bytes, initial.gzipBytes, later.bytes].map(kilobytes)
  return { title, file, sizes: sizes.join(' | ') }
}

function kilobytes(bytes: number): string {
  return (bytes / 1_000).toFixed(1)
}

/** All take turns, so that a busy moment of the machine meets them alike. */
function measure(rows: readonly Row[], rounds: number): void {
  const taken = new Map(rows.map((row): [Row, number[]] => [row, []]))
  for (let round = 0; round < rounds; round++) {
    for (const [{ file }, times] of taken) times.push(cpuOf(file))
  }
  print('| function | loaded, KB | compressed, KB | later, KB | CPU, median ms | least ms |')
  print('|---|---|---|---|---|---|')
  for (const [{ title, sizes }, times] of taken) {
    const [least = NaN, ...more] = times.sort((a, b) => a - b)
    const median = [least, ...more][rounds >> 1] ?? NaN
    print(`| ${title} | ${sizes} | ${median.toFixed(1)} | ${least.toFixed(1)} |`)
  }
}

function print(line: string): void {
  process.stdout.write(`${line}\n`)
}

const rounds = Number(process.argv[2] ?? 15)
const folder = await mkdtemp(join(tmpdir(), 'meridian-cold-starts-'))
try {
  const empty = join(folder, 'empty.mjs')
  await writeFile(empty, 'export {}\n')
  const bundles = await bundleFunctions(folder)
  const rows = Object.entries(bundles).map(([name, bundle]) => rowOf(name, bundle))
  for (const [part, packages] of Object.entries(parts)) {
    const bundle = await bundleFunction('socket', join(folder, part), packages)
    rows.push(rowOf(`socket without ${part}`, bundle))
  }
  print(`Node ${process.versions.node}, ${rounds} rounds\n`)
  measure([{ title: 'an empty module', sizes: '0 | 0 | 0', file: empty }, ...rows], rounds)
} finally {
  await rm(folder, { recursive: true })
}

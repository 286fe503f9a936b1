// Opening a document with a long history on a device that has nothing of it.
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { Running } from '../contestants'
import type { ColdOpen } from '../load/generator'
import { median } from '../load/meter'
import type { Settings } from '../settings'
import { targetOf, type Stage } from '../stage'
import { figureOf, type Row } from './row'

/** How long a server may take to bring a fresh history into its resting form, ms. */
const settleMs = 120_000

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))

export const coldOpenRow: Row = {
  name: 'cold-open',
  title: 'Cold open of a document with a long history',
  play: async (stage) => {
    const path = tracePath(stage.settings)
    const played = await stage.withServers(stage.keepers, async (servers) => {
      const all = []
      for (const server of servers) all.push(await play(stage, server, path))
      return all
    })
    const of = (measure: string, digits: number, value: (open: ColdOpen) => number) =>
      figureOf(measure, digits, played, ({ opens }) => median(opens.map(value)))
    return [
      await of('until all of it is there, ms', 1, (open) => open.ms),
      await of('bytes received', 0, (open) => open.bytes),
      await of('to load it into a Y.Doc, ms', 1, (open) => open.loadMs),
      await figureOf('first open after a restart, ms', 1, played, (one) => one.firstMs),
      await figureOf(
        'to take the history in, keys a second',
        0,
        played,
        (one) => one.keysPerSecond
      ),
      await figureOf('CPU to take it in and settle, us a key', 1, played, (one) => one.usPerKey),
      await figureOf('keys', 0, played, (one) => one.keys)
    ]
  }
}

async function play(stage: Stage, first: Running, path: string) {
  const from = performance.now()
  const { documents, keys, text } = await stage.generator.ingest(targetOf(first), path)
  const keysPerSecond = keys / ((performance.now() - from) / 1000)
  const settled = await settle(stage, first, documents)
  if (settled.text !== text) throw new Error(`${first.name} shows another text than was typed`)
  const usPerKey = (first.cpuSeconds() / keys) * 1e6
  const server = await stage.restart(first, 'stop')
  const { ms: firstMs } = await stage.generator.open(targetOf(server), documents)
  const opens: ColdOpen[] = []
  for (let open = 0; open < stage.settings.opens; open++) {
    // Long enough for a server that unloads documents nobody has open.
    await pause(3_000)
    opens.push(await stage.generator.open(targetOf(server), documents))
  }
  return { name: server.name, keys, keysPerSecond, usPerKey, firstMs, opens }
}

/** Waits until what the server hands out has stopped shrinking: written, folded, unloaded. */
async function settle(stage: Stage, server: Running, documents: number): Promise<ColdOpen> {
  let last = await stage.generator.open(targetOf(server), documents)
  let same = 0
  for (const until = performance.now() + settleMs; same < 2 && performance.now() < until;) {
    await pause(3_000)
    const next = await stage.generator.open(targetOf(server), documents)
    same = next.bytes === last.bytes ? same + 1 : 0
    last = next
  }
  return last
}

function tracePath(settings: Settings): string {
  const own = join(import.meta.dirname, '..', '..', 'data', 'seph-blog1.json.gz')
  if (settings.traces === null) return own
  const path = join(settings.traces, 'automerge-paper.json.gz')
  if (existsSync(path)) return path
  process.stdout.write(`MERIDIAN_TRACES has no automerge-paper.json.gz; typing seph-blog1.\n`)
  return own
}

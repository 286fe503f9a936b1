// Real updates with a few bytes changed: each is refused, or what Yjs makes of it is whole.
import * as Y from 'yjs'
import { foldUpdates } from '../../sync-api/core/fold'
import { entryZero } from '../../sync-api/protocol/entry-zero'
import { createSeeded, type Seeded } from '../protocol/seeded'
import { createCheckedLog } from './relay-double'
import { recordSession, type Pushed } from './yjs-people'

export type Fuzzed = {
  inputs: number
  accepted: number
  /** Taken, but Yjs orders them otherwise after a fold, which the relay therefore does not make. */
  unfoldable: number
  readonly verdicts: Map<string, number>
  slowest: { ms: number; input: string }
  /** What went wrong, each with how to make it again. */
  readonly broken: string[]
}

export function newFuzzed(): Fuzzed {
  return {
    inputs: 0,
    accepted: 0,
    unfoldable: 0,
    verdicts: new Map(),
    slowest: { ms: 0, input: '' },
    broken: []
  }
}

/** Mutants of one history: how many, before the next history is made. */
const perHistory = 2_000

/** `count` mutants from a seed on; those of equal seeds are equal. */
export function fuzzMutants(fuzzed: Fuzzed, seed: number, count: number): void {
  for (let done = 0; done < count; done += perHistory) {
    fuzzHistory(fuzzed, seed + done, Math.min(perHistory, count - done))
  }
}

function fuzzHistory(fuzzed: Fuzzed, seed: number, count: number): void {
  const random = createSeeded(seed)
  const pushes = recordSession(seed, random, 60 + random.below(60))
  const at = random.below(pushes.length)
  const before = pushes.slice(0, at).map(({ update }) => update)
  const after = pushes.slice(at, at + 30)
  if (after.length === 0) return
  const log = createCheckedLog(before)
  const base = foldUpdates([entryZero, ...before])
  for (let run = 0; run < count; run++) {
    const { update, clients } = after[random.below(after.length)]!
    const mutant = mutated(random, update, after)
    const from = performance.now()
    const verdict = log.push(mutant, clients)
    notice(fuzzed, verdict, performance.now() - from, `mutant of seed ${seed}: ${hex(mutant)}`)
    if (verdict !== 'fine') continue
    fuzzed.accepted += 1
    const why = whyNotWhole(base, [mutant])
    judge(fuzzed, why, `seed ${seed}, ${hex(mutant)}`)
    log.entries.length = before.length
    log.forget()
  }
}

export function judge(fuzzed: Fuzzed, why: string | null, input: string): void {
  if (why === unfoldable) fuzzed.unfoldable += 1
  else if (why !== null) fuzzed.broken.push(`${input}: ${why}`)
}

const unfoldable = 'unfoldable'

export function notice(fuzzed: Fuzzed, verdict: string, ms: number, input: string): void {
  fuzzed.inputs += 1
  fuzzed.verdicts.set(verdict, (fuzzed.verdicts.get(verdict) ?? 0) + 1)
  if (ms > fuzzed.slowest.ms) fuzzed.slowest = { ms, input }
}

export function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex')
}

/** Why a document that takes these updates is not whole afterwards; null when it is. */
export function whyNotWhole(base: Uint8Array, updates: readonly Uint8Array[]): string | null {
  try {
    const doc = new Y.Doc()
    for (const update of [base, ...updates]) Y.applyUpdate(doc, update)
    if (isPending(doc)) return 'something is pending'
    read(doc)
    type(doc)
    read(doc)
    return whyNotFolded(base, updates)
  } catch (cause) {
    return `${String(cause)} ${cause instanceof Error ? (cause.stack?.split('\n')[1] ?? '') : ''}`
  }
}

/** The same of a reader who comes later and takes the fold of it all. */
function whyNotFolded(base: Uint8Array, updates: readonly Uint8Array[]): string | null {
  let folded: Uint8Array
  try {
    folded = foldUpdates([base, ...updates])
  } catch (cause) {
    if (String(cause).includes('The fold loads to other content')) return unfoldable
    throw cause
  }
  const late = new Y.Doc()
  Y.applyUpdate(late, folded)
  if (isPending(late)) return 'something is pending in the fold'
  read(late)
  type(late)
  return null
}

function isPending(doc: Y.Doc): boolean {
  return doc.store.pendingStructs !== null || doc.store.pendingDs !== null
}

/** Everything in it as text: what a screen, an export and a search do. */
function read(doc: Y.Doc): string {
  const { body, title } = { body: doc.getXmlFragment('body'), title: doc.getText('title') }
  const library = [doc.getMap('documents').toJSON(), doc.getMap('profile').toJSON()]
  return `${title.toString()}${body.toString()}${JSON.stringify(library)}`
}

/** Somebody goes on working in it. */
function type(doc: Y.Doc): void {
  const body = doc.getXmlFragment('body')
  doc.getText('title').insert(0, 'x')
  body.insert(0, [new Y.XmlElement('paragraph')])
  if (body.length > 1) body.delete(1, body.length - 1)
}

const extremes = [0, 1, 127, 128, 255, 0x3f, 0x40, 0x80, 0xc0, 0x84, 0x21, 0x0a]

function mutated(random: Seeded, update: Uint8Array, others: readonly Pushed[]): Uint8Array {
  let bytes = [...update]
  for (let change = 0; change <= random.below(3); change++) {
    const at = random.below(bytes.length + 1)
    switch (random.below(8)) {
      case 0:
        bytes[at] = random.below(256)
        break
      case 1:
        bytes[at] = (bytes[at] ?? 0) ^ (1 << random.below(8))
        break
      case 2:
        bytes[at] = extremes[random.below(extremes.length)]!
        break
      case 3:
        bytes.splice(at, 1 + random.below(4))
        break
      case 4:
        bytes.splice(at, 0, ...random.bytes(1 + random.below(4)))
        break
      case 5:
        bytes = bytes.slice(0, at)
        break
      case 6:
        // A number that is one more or less: a neighbour, a length, a clock.
        bytes[at] = ((bytes[at] ?? 0) + (random.below(2) === 0 ? 1 : 255)) % 256
        break
      default: {
        const { update: other } = others[random.below(others.length)]!
        bytes.splice(at, 0, ...other.subarray(random.below(other.length)))
      }
    }
  }
  return new Uint8Array(bytes)
}

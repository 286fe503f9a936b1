// What pulled entries hold: each once, in order, and the text they make together.
import * as Y from 'yjs'
import { checkpointOutbox } from '../../core/catch-up'
import { takeAll } from '../../core/take-all'
import { entryZero } from '../../protocol/entry-zero'
import type { Entry, Push } from '../../protocol/messages'
import { contentRoots } from '../../protocol/roots'
import { sameBytes } from '../../protocol/bytes'
import { expect, sentenceOf, Wrong } from './report'

/** The document that the entries of a content channel make. */
export function documentOf(entries: readonly Entry[]): Y.Doc {
  const doc = new Y.Doc()
  const updates = [entryZero, ...entries.map(({ update }) => update)]
  const [failed] = takeAll(doc, updates)
  if (failed !== undefined) {
    throw new Wrong(`what was pulled is no document: ${sentenceOf(failed.cause)}`)
  }
  return doc
}

export function titleOf(entries: readonly Entry[]): string {
  return documentOf(entries).getText(contentRoots.title).toString()
}

/** Of the numbers of an outbox in a log. */
export type Order = 'rising' | 'any'

/**
 * Throws Wrong when a key comes twice, the numbers of an outbox fall, or an entry has other bytes
 * than its push. What was folded into a checkpoint has no key any more; answers how many still have.
 * Numbers may fall in a region that other regions told of them (`order` is `any`).
 */
export function checkKeys(
  entries: readonly Entry[],
  pushes: readonly Push[] = [],
  order: Order = 'rising'
): number {
  const sent = new Map(pushes.map((push) => [keyOf(push), push.update]))
  const seen = new Set<string>()
  const last = new Map<string, number>()
  for (const entry of entries) {
    if (entry.outbox === checkpointOutbox && entry.n === 0) continue
    const { outbox, n, update } = entry
    const key = keyOf(entry)
    expect(!seen.has(key), `entry ${n} comes twice`)
    seen.add(key)
    const before = last.get(outbox) ?? 0
    expect(
      order === 'any' || n > before,
      `entry ${n} comes after entry ${before} of the same device`
    )
    last.set(outbox, n)
    const bytes = sent.get(key)
    expect(bytes === undefined || sameBytes(bytes, update), `entry ${n} has other bytes`)
  }
  return seen.size
}

/** Whether the beginning of the log was folded. */
export function holdsCheckpoint(entries: readonly Entry[]): boolean {
  return entries.some(({ outbox, n }) => outbox === checkpointOutbox && n === 0)
}

/**
 * Throws Wrong unless the entries hold these pushes, by their keys or folded, each once. `text` is
 * what the document then reads as; null where it has several writers, whose order is Yjs's own.
 */
export function checkAll(
  entries: readonly Entry[],
  pushes: readonly Push[],
  text: string | null,
  order: Order = 'rising'
): void {
  checkKeys(entries, pushes, order)
  const keys = new Set(entries.map(keyOf))
  const folded = holdsCheckpoint(entries)
  const missing = pushes.filter((push) => !keys.has(keyOf(push))).map(({ n }) => n)
  if (folded ? text === null : missing.length === 0) return checkText(entries, text)
  if (folded && titleOf(entries) === text) return
  const some = missing.slice(0, 5).join(', ')
  const more = missing.length > 5 ? ', …' : ''
  throw new Wrong(`${missing.length} of ${pushes.length} are not there: ${some}${more}`)
}

function checkText(entries: readonly Entry[], text: string | null): void {
  const whole = titleOf(entries)
  expect(text === null || whole === text, 'all entries are there, but they make another text')
}

function keyOf({ outbox, n }: Pick<Entry, 'outbox' | 'n'>): string {
  return `${outbox}/${n}`
}

// Looks at one channel as it is stored: every row readable, every number there, every update loads.
import * as Y from 'yjs'
import type { NewEntry } from '../../core/ports'
import { takeAll } from '../../core/take-all'
import { entryZero } from '../../protocol/entry-zero'
import { channelKey, type OutboxId } from '../../protocol/ids'
import { decodeRightsEntry, noRights, withEntry, type Rights } from '../../protocol/rights'
import type { StoredChannel } from './log-file'
import { decodeCheckpoint, decodeEntry, type CheckpointRow } from './log-rows'

/** `damage` is content that cannot be relied on; `note` is worth knowing and needs no repair. */
export type Problem = { readonly kind: 'damage' | 'note'; readonly text: string }

export type Inspected = {
  readonly entries: number
  readonly checkpoints: number
  /** What the readable rows give: of a rights channel the rights, else a Y.Doc with all updates. */
  readonly content:
    | { readonly kind: 'rights'; readonly rights: Rights }
    | { readonly kind: 'document'; readonly doc: Y.Doc }
}

/** Reads a channel as far as it can be read; `tell` hears of every problem. */
export function inspectChannel(stored: StoredChannel, tell: (problem: Problem) => void): Inspected {
  const damaged = (text: string): void => tell({ kind: 'damage', text })
  const rows = decodeRows(stored, damaged)
  checkSequence(stored, rows, damaged)
  checkNumbers(stored, rows, damaged)
  const count = { entries: rows.entries.length, checkpoints: rows.checkpoint === null ? 0 : 1 }
  const content =
    stored.ref.channel === 'rights'
      ? { kind: 'rights' as const, rights: rightsOf(stored, rows, tell) }
      : { kind: 'document' as const, doc: docOf(stored, rows, tell) }
  return { ...count, content }
}

type Numbered = { readonly sequence: number; readonly entry: NewEntry }
type Rows = {
  readonly checkpoint: CheckpointRow | null
  readonly entries: readonly Numbered[]
  /** Whether a row could not be read: what is then missing was told already. */
  readonly damaged: boolean
}

function decodeRows({ ref, rows }: StoredChannel, damaged: (text: string) => void): Rows {
  let checkpoint: CheckpointRow | null = null
  const entries: Numbered[] = []
  let failed = false
  for (const { kind, sequence, value } of rows) {
    try {
      if (kind === 'checkpoint') checkpoint = decodeCheckpoint(ref, value)
      else entries.push({ sequence, entry: decodeEntry(ref, sequence, value) })
    } catch (failure) {
      failed = true
      damaged(messageOf(failure))
    }
  }
  return { checkpoint, entries, damaged: failed }
}

/** Every entry after the checkpoint, by the keys alone: a row that cannot be read is still there. */
function checkSequence(
  { ref, rows }: StoredChannel,
  { checkpoint, damaged: unreadable }: Rows,
  damaged: (text: string) => void
): void {
  const numbers = rows.filter((row) => row.kind === 'entry').map((row) => row.sequence)
  const firstIsCheckpoint = rows[0]?.kind === 'checkpoint'
  // Where the checkpoint cannot be read, only the entries themselves say where they begin.
  const folded = checkpoint?.sequence ?? (firstIsCheckpoint ? (numbers[0] ?? 1) - 1 : 0)
  let last = folded
  for (const sequence of numbers) {
    if (sequence <= folded && !unreadable) {
      damaged(
        `Entry ${sequence} of ${channelKey(ref)} stands beside a checkpoint that holds it. ${advice}`
      )
      continue
    }
    if (sequence > last + 1) {
      const missing =
        sequence === last + 2 ? `Entry ${last + 1}` : `Entries ${last + 1} to ${sequence - 1}`
      damaged(`${missing} of ${channelKey(ref)} missing. ${advice}`)
    }
    last = sequence
  }
}

/**
 * An outbox's numbers follow one another, after those the checkpoint knows of. A checkpoint also
 * knows numbers of entries that came while it was made and stand after it.
 */
function checkNumbers(
  { ref }: StoredChannel,
  { checkpoint, entries, damaged: unreadable }: Rows,
  damaged: (text: string) => void
): void {
  // After a row that cannot be read every number behind it would be called out of order.
  if (unreadable) return
  const known = checkpoint?.outboxes ?? new Map<OutboxId, number>()
  const seen = new Map<OutboxId, number>()
  for (const { sequence, entry } of entries) {
    const { outbox, n } = entry
    const before = seen.get(outbox)
    const follows =
      before === undefined ? n >= 1 && n <= (known.get(outbox) ?? 0) + 1 : n === before + 1
    if (!follows) {
      const expected = (before ?? known.get(outbox) ?? 0) + 1
      damaged(
        `Entry ${sequence} of ${channelKey(ref)} has number ${n} of its outbox where ${expected} was due. ${advice}`
      )
    }
    seen.set(outbox, n)
  }
  for (const [outbox, last] of seen) {
    const due = known.get(outbox) ?? 0
    if (last >= due) continue
    damaged(
      `${channelKey(ref)} ends at number ${last} of an outbox of which its checkpoint knows ${due}. ${advice}`
    )
  }
}

function rightsOf(
  { ref }: StoredChannel,
  { checkpoint, entries }: Rows,
  tell: (problem: Problem) => void
): Rights {
  if (checkpoint !== null) {
    tell({
      kind: 'damage',
      text: `${channelKey(ref)} has a checkpoint, which rights never have. ${advice}`
    })
  }
  let rights = noRights
  for (const { sequence, entry } of entries) {
    try {
      rights = withEntry(rights, decodeRightsEntry(entry.update))
    } catch (failure) {
      const text = `Entry ${sequence} of ${channelKey(ref)} is no entry of rights (${messageOf(failure)}). ${advice}`
      tell({ kind: 'damage', text })
    }
  }
  return rights
}

function docOf(
  { ref }: StoredChannel,
  { checkpoint, entries }: Rows,
  tell: (problem: Problem) => void
): Y.Doc {
  const doc = new Y.Doc()
  const updates = ref.channel === 'content' ? [entryZero] : []
  const names = ref.channel === 'content' ? ['Entry zero'] : []
  if (checkpoint !== null) {
    updates.push(checkpoint.checkpoint.update)
    names.push(`The checkpoint of ${channelKey(ref)}`)
  }
  for (const { sequence, entry } of entries) {
    updates.push(entry.update)
    names.push(`Entry ${sequence} of ${channelKey(ref)}`)
  }
  for (const { at, cause } of takeAll(doc, updates)) {
    const text = `${names[at]} is no Yjs update (${messageOf(cause)}). ${advice}`
    tell({ kind: 'damage', text })
  }
  if (doc.store.pendingStructs !== null || doc.store.pendingDs !== null) {
    tell({
      kind: 'note',
      text:
        `${channelKey(ref)} holds edits that build on others which are not here: they show when a ` +
        'device that has those sends them. Ask its people to open the document.'
    })
  }
  return doc
}

/** What to do about damage. */
export const advice = 'Restore a backup from before (docs/self-hosting.md).'

export function messageOf(failure: unknown): string {
  return failure instanceof Error ? failure.message : String(failure)
}

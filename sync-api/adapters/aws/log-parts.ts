// What the log of several regions is made of in one of them.
import type { Appended, Folder, NewEntry, Randomness } from '../../core/ports'
import type { Table } from './table'
import type { Tail, TailEntry } from './tail'

export type Relayed = {
  readonly entries: readonly NewEntry[]
  readonly spans: readonly Appended[]
  /** Of what was asked about: what had its place before, and may just be being told by whoever gave it that. */
  readonly waiting: readonly TailEntry[]
}

export type GlobalLogParts = {
  readonly table: Table
  /** Those of the other regions. */
  readonly others: () => readonly Table[]
  readonly tail: Tail
  readonly region: string
  /** All regions of the deployment, this one included: what is folded goes when all of them hold it. */
  readonly members: readonly string[]
  /** For who reads from the beginning where several regions have made checkpoints. */
  readonly fold: Folder['fold']
  readonly random: Randomness
  /** ms since 1970. */
  readonly now: () => number
}

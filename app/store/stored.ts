// What rows of a channel say to the replica that loads them.
import type { WriterId } from '../../sync-api/protocol/ids'
import type { StoredChannel, StoredUpdates } from './ports'

/** As `UpdateRow`. */
type Row = {
  readonly row: number
  readonly update: Uint8Array
  readonly writers?: readonly WriterId[]
}

/** Of a channel: how often it was set aside. Of a row: how often it had been when its writer read it. */
type Asides = { readonly asides?: number | undefined }

/** Whether a row builds on what is set aside by now: then it is no part of its channel any more. */
export function isLate(row: Asides, channel: Asides): boolean {
  return row.asides !== undefined && row.asides < (channel.asides ?? 0)
}

/** Writers a folded row keeps, 16 bytes each: one for each time a tab opened the document. */
const writersKeptMax = 256

export function storedOf(rows: readonly Row[], after: number): StoredUpdates {
  return { updates: rows.map(({ update }) => update), lastRow: rows.at(-1)?.row ?? after }
}

/** What of the rows, and of what is unsent, is this device's own. */
export function ownOf(
  rows: readonly Row[],
  waiting: readonly { readonly writer: WriterId }[],
  sealed: readonly { readonly writers: readonly WriterId[] }[]
): Pick<StoredChannel, 'writers' | 'heard'> {
  const unsent = [...sealed.flatMap((one) => one.writers), ...waiting.map((one) => one.writer)]
  const last = rows.map(({ writers }) => writers !== undefined).lastIndexOf(true)
  return {
    writers: [...new Set([...writersOf(rows), ...unsent])],
    heard: last < 0 ? 0 : rows.length - 1 - last
  }
}

/** The row that stands for all of these. */
export function foldedRow(rows: readonly Row[], update: Uint8Array) {
  const writers = writersOf(rows).slice(-writersKeptMax)
  return writers.length === 0 ? { update } : { update, writers }
}

function writersOf(rows: readonly Row[]): WriterId[] {
  return [...new Set(rows.flatMap(({ writers }) => writers ?? []))]
}

// What came into this region's replica, whoever wrote it: told to everybody here who was not told yet. The sure path.
import { logKey, rangeOf, refOfLog, updateNameOf } from '../../adapters/aws/keys'
import { readAll, type Row } from '../../adapters/aws/table'
import { rowInStream, type StreamRecord } from '../../adapters/aws/stream-records'
import { entriesOfRows } from '../../adapters/aws/update-rows'
import { channelKey, type ChannelRef } from '../../protocol/ids'
import { handlerOf, type Handler } from './entry'
import { openRegion, type Region } from './region'
import type { Settings } from './settings'
import type { Surroundings } from './surroundings'

export type StreamEvent = { readonly Records: readonly StreamRecord[] }

/** As ReportBatchItemFailures has it: from the first of these on the records come again. */
export type StreamAnswer = {
  readonly batchItemFailures: readonly { readonly itemIdentifier: string }[]
}

/** Rows of one log in a batch, with the number of the first. */
type Part = {
  readonly ref: ChannelRef
  readonly first: string
  readonly rows: Row[]
}

async function makeStream(
  settings: Settings,
  surroundings: Surroundings
): Promise<Handler<StreamEvent, StreamAnswer>> {
  const region = await openRegion(settings, surroundings)
  return async ({ Records: records }) => {
    const batchItemFailures: { itemIdentifier: string }[] = []
    const parts = partsOf(region, records)
    try {
      for (const part of parts) {
        await takeIn(region, part).catch((cause: unknown) => {
          region.report(`Could not take in ${channelKey(part.ref)}`, cause)
          batchItemFailures.push({ itemIdentifier: part.first })
        })
      }
    } finally {
      await region.rest()
    }
    return { batchItemFailures }
  }
}

/** What no log wrote is reported and passed over: it would be no other at the next try, and nothing may wait behind it. */
function partsOf({ report }: Region, records: readonly StreamRecord[]): readonly Part[] {
  const parts = new Map<string, Part>()
  for (const record of records) {
    try {
      const row = rowInStream(record)
      const ref = row === null ? null : refOfLog(row.pk)
      if (row === null || ref === null) continue
      const part = parts.get(row.pk) ?? { ref, first: record.dynamodb.SequenceNumber, rows: [] }
      part.rows.push(row)
      parts.set(row.pk, part)
    } catch (cause) {
      report('Could not read a record of the stream', cause)
    }
  }
  return [...parts.values()]
}

async function takeIn(region: Region, { ref, rows }: Part): Promise<void> {
  const keys = new Set<string>()
  let folds = false
  const whole: Row[] = []
  for (const row of rows) {
    const name = updateNameOf(row.sk)
    if (name === null) folds = true
    else if (name.count === 1) whole.push(row)
    else keys.add(name.key)
  }
  // Large entries come part by part: the last that comes finds all of them.
  for (const key of keys) whole.push(...(await readAll(region.table, logKey(ref), rangeOf(key))))
  const told = entriesOfRows(whole).map((one) => ({ ...one, durable: true }))
  if (told.length > 0) await region.takeIn(ref, told)
  // A checkpoint, or what others say of one: who may remove rows looks whether it is whole here.
  if (folds) await region.ask({ kind: 'tend', ref })
}

export const createStream = (surroundings: Surroundings): Handler<StreamEvent, StreamAnswer> =>
  handlerOf(makeStream, surroundings)

export const handler = handlerOf(makeStream)

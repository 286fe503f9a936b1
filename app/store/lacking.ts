// What this device holds of a channel and a log does not, as batches to push.
import * as Y from 'yjs'
import { entryZero } from '../../sync-api/protocol/entry-zero'
import { idOf, shortIdBytes, type WriterId } from '../../sync-api/protocol/ids'
import type { Channel } from '../../sync-api/protocol/roles'
import { schemaVersion } from '../../sync-api/protocol/version'
import { encodeUpdate, mergeInTree, type DecodedUpdate } from './fold'
import { sealRows, type Batch } from './seal'

/** Stands where a row must name its writer; the batches name none, since others wrote some of it. */
const nobody = idOf<WriterId>(new Uint8Array(shortIdBytes))

/** What is in `here` and not in `there`, in as few batches as the limits of a push allow. */
export function batchesLackingIn(
  channel: Channel,
  there: readonly Uint8Array[],
  here: readonly Uint8Array[]
): Batch[] {
  // Every log begins with entry zero, and none is sent it.
  const log = merged(channel === 'content' ? [entryZero, ...there] : there)
  const mine = merged(here)
  const clocks = clocksOf(log)
  // What is known in part goes whole: overlap is harmless.
  const structs = mine.structs.filter(
    ({ id, length }) => id.clock + length > (clocks.get(id.client) ?? 0)
  )
  const inserts = structs.some((struct) => !(struct instanceof Y.Skip))
  if (!inserts && covers(log.ds, mine.ds)) return []
  const update = encodeUpdate({ structs, ds: mine.ds })
  const rows = [{ update, writer: nobody, schemaMajor: schemaVersion.major }]
  return sealRows(rows).map((batch) => ({ ...batch, writers: [] }))
}

function merged(updates: readonly Uint8Array[]): DecodedUpdate {
  return Y.decodeUpdate(mergeInTree(updates))
}

/** How far each client is known without a gap. */
function clocksOf({ structs }: DecodedUpdate): Map<number, number> {
  const clocks = new Map<number, number>()
  for (const { id, length } of structs.filter((struct) => !(struct instanceof Y.Skip))) {
    if (id.clock === (clocks.get(id.client) ?? 0)) clocks.set(id.client, id.clock + length)
  }
  return clocks
}

/** Whether everything that `inner` deletes is deleted by `outer` too. */
function covers(outer: DecodedUpdate['ds'], inner: DecodedUpdate['ds']): boolean {
  return Y.equalDeleteSets(Y.mergeDeleteSets([outer]), Y.mergeDeleteSets([outer, inner]))
}

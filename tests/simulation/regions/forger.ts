// Somebody who may write means harm: gives back what was never written, in the name of another.
import * as Y from 'yjs'
import { idOf, shortIdBytes, type OutboxId } from '../../../sync-api/protocol/ids'
import type { Push } from '../../../sync-api/protocol/messages'
import { createReceipts } from '../../../sync-api/core/receipts'
import type { Author } from './author'
import { receiptKeyOf } from './plants'
import type { RegionsScene } from './scene'

/** One try, which no region may take. */
export function forge({ world, regions, authors, homes, ref }: RegionsScene, forger: Author): void {
  const { chance, counts, plant } = world
  const region = regions.get(homes.get(forger) ?? '')
  const victims = authors.filter((author) => author !== forger && !author.isGone())
  const [entry] = forger.kept()
  if (region === undefined || victims.length === 0 || entry === undefined) return
  const victim = chance.pick(victims)
  const update = inTheNameOf(victim)
  const outbox = idOf<OutboxId>(chance.bytes(shortIdBytes))
  const { outbox: of, n } = entry
  const said = { person: victim.person, clients: [victim.doc.clientID], at: 0 }
  // A receipt of another entry, one of nobody's, or, where the secret is known, a right one.
  const receipts = [entry.receipt!, chance.bytes(33)]
  if (plant === 'receipts-known') {
    const made = createReceipts(receiptKeyOf('', plant)).vouch(ref, {
      outbox: of,
      n,
      update,
      ...said
    })
    receipts.splice(0, 2, made.receipt!)
  }
  const voucher = { outbox: of, n, receipt: chance.pick(receipts) }
  const push: Push = {
    ...{ type: 'push', ...ref, outbox, n: 1, update, epoch: 0, schemaMajor: 1, writers: [] },
    voucher
  }
  counts.forged += 1
  region.call(forger.person, [push]).then(
    ([answer]) => {
      if (answer?.type === 'ack')
        world.broken(`${region.name} took what ${victim.name} never wrote`)
    },
    (cause: unknown) => world.tell(`forging failed: ${String(cause)}`)
  )
}

/** Words that the victim never wrote, as if they came next. */
function inTheNameOf({ doc }: Author): Uint8Array {
  const copy = new Y.Doc({ guid: 'forged' })
  Y.applyUpdate(copy, Y.encodeStateAsUpdate(doc))
  const before = Y.encodeStateVector(copy)
  copy.clientID = doc.clientID
  copy.getText('title').insert(0, 'FORGED ')
  return Y.encodeStateAsUpdate(copy, before)
}

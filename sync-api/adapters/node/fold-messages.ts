// What the relay and its folding thread say to each other.
import * as decoding from 'lib0/decoding'
import * as encoding from 'lib0/encoding'

export type FoldRequest = {
  readonly wish: 'fold' | 'digest'
  readonly updates: Uint8Array<ArrayBuffer>
}
export type FoldAnswer =
  | { readonly kind: 'done'; readonly bytes: Uint8Array }
  | { readonly kind: 'failed'; readonly reason: string }

/** Many updates as one array: handed over to the thread without a copy. */
export function packUpdates(updates: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  return encoding.encode((out) => {
    for (const update of updates) encoding.writeVarUint8Array(out, update)
  })
}

export function unpackUpdates(packed: Uint8Array): Uint8Array[] {
  const updates: Uint8Array[] = []
  const input = decoding.createDecoder(packed)
  while (decoding.hasContent(input)) updates.push(decoding.readVarUint8Array(input))
  return updates
}

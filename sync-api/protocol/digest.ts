// The digest of a channel's copy: two that have had the same insertions and deletions have the same one.
import * as encoding from 'lib0/encoding'
import * as sha256 from 'lib0/hash/sha256'

/** A SHA-256. */
export const digestBytes = 32

/** Insertions of one client that are deleted, as Yjs gives them. */
export type DeletedRange = { readonly clock: number; readonly len: number }

/** What a copy of a channel has had. */
export type Contents = {
  /** How far each client has inserted. */
  readonly clocks: ReadonlyMap<number, number>
  /** By client, rising and joined: no range begins where another ends. */
  readonly deletions: ReadonlyMap<number, readonly DeletedRange[]>
}

export function digestOf({ clocks, deletions }: Contents): Uint8Array {
  const written = encoding.encode((out) => {
    encoding.writeVarUint(out, clocks.size)
    for (const [client, clock] of rising(clocks)) {
      encoding.writeVarUint(out, client)
      encoding.writeVarUint(out, clock)
    }
    encoding.writeVarUint(out, deletions.size)
    for (const [client, ranges] of rising(deletions)) {
      encoding.writeVarUint(out, client)
      encoding.writeVarUint(out, ranges.length)
      for (const { clock, len } of ranges) {
        encoding.writeVarUint(out, clock)
        encoding.writeVarUint(out, len)
      }
    }
  })
  // In Node lib0 gives a Buffer, which is like no other view.
  return Uint8Array.from(sha256.digest(written))
}

function rising<T>(byClient: ReadonlyMap<number, T>): [number, T][] {
  return [...byClient].sort(([one], [other]) => one - other)
}

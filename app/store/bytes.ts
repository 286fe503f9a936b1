// Equality of byte strings: cursors are opaque, so this is all that can be asked of them.

export function sameBytes(one: Uint8Array, other: Uint8Array): boolean {
  return one.length === other.length && one.every((byte, at) => byte === other[at])
}

// What connections are told in one turn of the event loop, encoded once for all who are told the same.
import { chunkPayloadBytes, chunksToClientMax } from '../../protocol/limits'
import { splitFrame } from '../../protocol/chunks'
import { joinFrame } from '../../protocol/codec'

/**
 * A list of messages, as the last message and the list before it. Connections that are sent the
 * same messages in the same order hold the same bundle, so its frames are made once.
 */
export type Bundle = {
  readonly before: Bundle | null
  readonly message: Uint8Array
  /** The bundle that most recently came of this one, and all others if there are several. */
  latest: Bundle | null
  branches: Map<Uint8Array, Bundle> | null
  packets: readonly Buffer[] | null
}

/** The empty bundle that a turn begins with. */
export function emptyBundle(): Bundle {
  return bundleOf(null, new Uint8Array(0))
}

/** `bundle` with one more message: the same object for the same bytes object. */
export function extendBundle(bundle: Bundle, message: Uint8Array): Bundle {
  if (bundle.latest?.message === message) return bundle.latest
  const known = bundle.branches?.get(message)
  if (known !== undefined) return known
  const extended = bundleOf(bundle, message)
  if (bundle.latest !== null) {
    bundle.branches ??= new Map([[bundle.latest.message, bundle.latest]])
    bundle.branches.set(message, extended)
  }
  bundle.latest = extended
  return extended
}

function bundleOf(before: Bundle | null, message: Uint8Array): Bundle {
  return { before, message, latest: null, branches: null, packets: null }
}

/** The messages of a bundle as frames of at most one chunk's payload, larger ones in chunks. */
export function framesOf(bundle: Bundle, nextChunkId: () => number): Uint8Array[] {
  const frames: Uint8Array[] = []
  for (const group of groupsOf(messagesOf(bundle))) {
    const frame = joinFrame(group)
    if (frame.length <= chunkPayloadBytes) frames.push(frame)
    else frames.push(...splitFrame(frame, nextChunkId(), chunksToClientMax))
  }
  return frames
}

/** Bytes of a message's length before it, at most. */
const lengthBytesMax = 3

function groupsOf(messages: readonly Uint8Array[]): Uint8Array[][] {
  const groups: Uint8Array[][] = []
  let room = 0
  for (const message of messages) {
    const bytes = message.length + lengthBytesMax
    if (bytes > room) {
      groups.push([])
      room = chunkPayloadBytes
    }
    groups.at(-1)?.push(message)
    room -= bytes
  }
  return groups
}

function messagesOf(bundle: Bundle): Uint8Array[] {
  const messages: Uint8Array[] = []
  // The first bundle of a turn holds no message.
  for (let at = bundle; at.before !== null; at = at.before) messages.push(at.message)
  return messages.toReversed()
}

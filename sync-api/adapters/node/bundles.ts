// What connections are told in one turn of the event loop, encoded once for all who are told the same.

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

/** In the order in which they were told. */
export function messagesOf(bundle: Bundle): Uint8Array[] {
  const messages: Uint8Array[] = []
  // The first bundle of a turn holds no message.
  for (let at = bundle; at.before !== null; at = at.before) messages.push(at.message)
  return messages.toReversed()
}

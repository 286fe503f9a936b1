// Where a change of a Y.Doc came from: what was stored already is never stored or told again.

/** Read from this device's store: at opening, or after this tab had been asleep. */
export const storedOrigin = { kind: 'stored' } as const
/** Told by another tab of this browser, which has committed it. */
export const writtenOrigin = { kind: 'written' } as const
/** Received from the relay and committed by the network side. */
export const receivedOrigin = { kind: 'received' } as const

/** Whether a change is in the store already; every other origin is somebody editing here. */
export function isStored(origin: unknown): boolean {
  return origin === storedOrigin || origin === writtenOrigin || origin === receivedOrigin
}

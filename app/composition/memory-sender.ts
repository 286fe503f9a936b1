// When this device cannot store what is typed, the relay gets it from memory: an acknowledged edit is safe.
import { signal, type ReadonlySignal } from '@preact/signals-core'
import type { Replica } from '../replica/replica'
import type { After } from '../replica/queue'

/** The first wait before sending, ms, and the shortest between two: each compares a whole document. */
const sendEveryMs = 1_500

/** The longest wait after a call that failed, ms. */
const retryMsMax = 30_000

export type MemorySender = {
  /** Whether the relay has everything that the replica holds; false whenever the store does not fail. */
  readonly relayed: ReadonlySignal<boolean>
  stop(): void
}

export type MemorySenderOptions = {
  /** Resolves with whether the relay has acknowledged all that the replica held at the call. */
  readonly send: (replica: Replica) => Promise<boolean>
  readonly after: After
}

export function startMemorySender(
  replica: Replica,
  { send, after }: MemorySenderOptions
): MemorySender {
  const relayed = signal(false)
  let fails = false
  let edits = 0
  let tries = 0
  let waiting: (() => void) | null = null
  let sending = false

  function plan(ms: number): void {
    if (!fails || sending || relayed.value) return
    waiting ??= after(ms, () => void work())
  }

  async function work(): Promise<void> {
    waiting = null
    sending = true
    const upTo = edits
    // Why a call failed does not matter here: the document's own session says what is wrong.
    const taken = await send(replica).catch(() => false)
    sending = false
    // Stored by now, the edits are the outbox's, whose rows tell how far they are.
    relayed.value = fails && taken && upTo === edits
    tries = taken ? 0 : tries + 1
    plan(Math.min(sendEveryMs * 2 ** Math.min(tries, 5), retryMsMax))
  }

  const onUpdate = (): void => {
    edits += 1
    relayed.value = false
    plan(sendEveryMs)
  }
  replica.doc.on('update', onUpdate)
  let unwritten = 0
  const stopWatching = replica.watchUnwritten((count, failure) => {
    fails = failure !== null && count > 0
    // An edit is counted before the document tells of it: until then the screen must not say that
    // the relay has everything.
    if (!fails || count > unwritten) relayed.value = false
    unwritten = count
    plan(sendEveryMs)
  })
  return {
    relayed,
    stop() {
      replica.doc.off('update', onUpdate)
      stopWatching()
      fails = false
      waiting?.()
    }
  }
}

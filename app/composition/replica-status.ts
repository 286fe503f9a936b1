// The status of an open replica, from what its queue, this device's store and the network side know.
import { computed, signal, type ReadonlySignal } from '@preact/signals-core'
import type { Replica } from '../replica/replica'
import type { StoreFailureReason } from '../store/ports'
import type { StatusSource } from '../sync/status-source'
import { statusOf, type DocumentStatus } from '../sync/status'
import { startMemorySender, type MemorySenderOptions } from './memory-sender'

export type ReplicaStatusParts = MemorySenderOptions & {
  readonly statuses: StatusSource
  /** Why this device's database cannot be used now, if it cannot. */
  readonly storeFailure: ReadonlySignal<StoreFailureReason | null>
}

export function watchStatus(
  parts: ReplicaStatusParts,
  replica: Replica
): { readonly value: ReadonlySignal<DocumentStatus>; stop(): void } {
  const { statuses, storeFailure } = parts
  const unwritten = signal(0)
  const failed = signal<StoreFailureReason | null>(null)
  const network = statuses.watch(replica.ref.document)
  const sender = startMemorySender(replica, parts)
  const stopWatching = replica.watchUnwritten((count, failure) => {
    unwritten.value = count
    failed.value = failure?.reason ?? null
  })
  const value = computed(() =>
    statusOf({
      ...network.facts.value,
      unwritten: unwritten.value,
      failure: failed.value ?? storeFailure.value,
      relayed: sender.relayed.value
    })
  )
  return {
    value,
    stop() {
      stopWatching()
      sender.stop()
      network.stop()
    }
  }
}

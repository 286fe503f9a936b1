// Bugs put in on purpose, each behind a wrapped port: a simulation that misses one proves nothing.
import type { MemoryStore } from '../../app/store/memory-store'
import type { ReplicaStore, SealedBatch, SyncStore } from '../../app/store/ports'
import { channelKey } from '../../sync-api/protocol/ids'
import type { World } from './world'

/** The store of a device, with the bug of this world in it if it is one of the store's. */
export function plantedStore(world: World, store: MemoryStore): ReplicaStore & SyncStore {
  switch (world.plant) {
    case 'cursor-before-store':
      return {
        ...store,
        async receive(ref, updates, from, to) {
          const cursor = await store.receive(ref, [], from, to)
          world.time.after(world.chance.below(50), () => {
            // Not if the device has died since: that is the bug.
            if (world.chance.happens(0.9)) void store.receive(ref, updates, to, to)
          })
          return cursor
        }
      }
    case 'cursor-jumps':
      return {
        ...store,
        async receive(ref, updates, _from, to) {
          const { cursor } = await store.state(ref)
          return await store.receive(ref, updates, cursor, to)
        }
      }
    case 'outbox-dropped': {
      return {
        ...store,
        async state(ref) {
          const sealed = await store.seal(ref)
          for (const { outbox, n } of sealed) {
            await store.settle(ref, outbox, n, new Uint8Array(1), new Uint8Array(1))
          }
          return await store.state(ref)
        }
      }
    }
    case 'numbers-reused': {
      const shift = new Map<string, number>()
      return {
        ...store,
        async seal(ref) {
          const key = channelKey(ref)
          if (!shift.has(key) && world.chance.happens(0.1)) shift.set(key, 1)
          const by = shift.get(key) ?? 0
          const renumber = (batch: SealedBatch): SealedBatch => ({
            ...batch,
            n: Math.max(1, batch.n - by)
          })
          return (await store.seal(ref)).map(renumber)
        },
        settle: (ref, outbox, n, from, to) =>
          store.settle(ref, outbox, n + (shift.get(channelKey(ref)) ?? 0), from, to)
      }
    }
    default:
      return store
  }
}

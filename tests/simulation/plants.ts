// Bugs put in on purpose, each behind a wrapped port: a simulation that misses one proves nothing.
import { computed } from '@preact/signals-core'
import type { Replica } from '../../app/replica/replica'
import type { SealedBatch } from '../../app/store/ports'
import type { StatusSource } from '../../app/sync/status-source'
import { channelKey, type ChannelRef } from '../../sync-api/protocol/ids'
import type { Store } from './disk'
import { spansOf } from './knowledge'
import type { World } from './world'

const nowhere = new Uint8Array(1)

/** The store of a device, with the bug of this world in it if it is one of the store's. */
export function plantedStore(world: World, store: Store): Store {
  switch (world.plant) {
    case 'cursor-before-store':
      return cursorFirst(world, store)
    case 'cursor-jumps':
      return {
        ...store,
        async receive(ref, updates, _from, to, vouchers) {
          const { cursor } = await store.state(ref)
          return await store.receive(ref, updates, cursor, to, vouchers)
        },
        async receiveNext(ref, updates, _from, to, vouchers) {
          const { cursor } = await store.state(ref)
          return await store.receiveNext(ref, updates, cursor, to, vouchers)
        }
      }
    case 'received-lost':
      return {
        ...store,
        receive(ref, updates, from, to) {
          const lost = world.chance.happens(0.05)
          return store.receive(ref, lost ? updates.slice(1) : updates, from, to)
        }
      }
    case 'outbox-dropped':
      return {
        ...store,
        async state(ref) {
          await settleAll(store, ref, await store.seal(ref))
          return await store.state(ref)
        }
      }
    case 'deletes-unsent':
      return {
        ...store,
        async seal(ref) {
          const sealed = await store.seal(ref)
          const silent = sealed.filter(({ update }) => spansOf(update).inserted.length === 0)
          await settleAll(store, ref, silent.slice(-1))
          return sealed.filter((batch) => batch !== silent.at(-1))
        }
      }
    case 'numbers-reused':
      return numbersReused(world, store)
    case 'commits-overtake':
      return {
        ...store,
        appendLocal(ref, updates) {
          const lost = world.chance.happens(0.05)
          return store.appendLocal(ref, lost ? updates.slice(-1) : updates)
        }
      }
    default:
      return store
  }
}

async function settleAll(store: Store, ref: ChannelRef, batches: readonly SealedBatch[]) {
  for (const { outbox, n } of batches) await store.settle(ref, outbox, n, nowhere, nowhere)
}

function cursorFirst(world: World, store: Store): Store {
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
}

function numbersReused(world: World, store: Store): Store {
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

/** The bytes of a writer's id: of this lifetime, unless the bug of this world is that they stay. */
export function writerBytes({ chance, plant }: World, device: string, length: number): Uint8Array {
  if (plant !== 'client-id-reused') return chance.bytes(length)
  return Uint8Array.from({ length }, (_, at) => device.charCodeAt(at % device.length))
}

/** What a screen knows of the network side, with the bug of this world in it. */
export function plantedStatuses({ plant }: World, statuses: StatusSource): StatusSource {
  if (plant !== 'status-lies') return statuses
  return {
    ...statuses,
    watch(document) {
      const { facts, stop } = statuses.watch(document)
      return { facts: computed(() => ({ ...facts.value, unacknowledged: 0 })), stop }
    }
  }
}

/** A replica as its screen sees it, with the bug of this world in it. */
export function plantedReplica({ plant }: World, replica: Replica): Replica {
  if (plant !== 'unwritten-unsaid') return replica
  return {
    ...replica,
    watchUnwritten: (listener) => replica.watchUnwritten(() => listener(0, null))
  }
}

// A device's disk under its store: the power may fail, and the browser may throw everything away.
import { createMemoryStore, type MemoryCopy } from '../../app/store/memory-store'
import type { DigestStore, ReplicaStore, SyncStore } from '../../app/store/ports'
import { channelKey, type ChannelRef } from '../../sync-api/protocol/ids'
import type { World } from './world'

export type Store = ReplicaStore & SyncStore & DigestStore

export type Disk = Store & {
  copies(): readonly MemoryCopy[]
  /** All updates that were ever stored of a channel and not lost with the storage, whatever became of them. */
  everStored(ref: ChannelRef): readonly Uint8Array[]
  /** What no strict commit has followed may be gone, the last first; what was strict never is. */
  cutPower(): void
  /** Everything is gone. */
  evict(): void
}

type Commit = {
  readonly strict: boolean
  readonly run: (store: Store) => Promise<unknown>
  /** The random bytes it drew: done again it must come out the same. */
  readonly drawn: Uint8Array[]
  /** What it stored of which channel. */
  readonly stored: { readonly channel: string; readonly updates: readonly Uint8Array[] } | null
}

/** Writes that lose nothing when they are undone: the network says the same again. */
const mayBeRelaxed = new Set(['receive', 'settle', 'compact'])

/**
 * The store's memory twin on a disk. Every commit is written down, so that the store can be made
 * again as it was before the last of them. A commit makes durable whatever was committed before it,
 * as in IndexedDB, whose one log is flushed.
 */
export function createDisk(world: World, name: string): Disk {
  const { chance } = world
  let commits: Commit[] = []
  let drawing: Uint8Array[] = []
  let replaying: Uint8Array[] | null = null

  const random = (length: number): Uint8Array => {
    const again = replaying?.shift()
    if (again !== undefined) return again
    const bytes = chance.bytes(length)
    drawing.push(bytes)
    return bytes
  }
  let store = createMemoryStore(random)

  function commit<T>(
    write: string,
    run: (store: Store) => Promise<T>,
    stored: Commit['stored'] = null
  ): Promise<T> {
    const relaxed = mayBeRelaxed.has(write) && world.faults.relaxed
    drawing = []
    commits.push({ strict: !relaxed && !isForgotten(world, write), run, drawn: drawing, stored })
    return run(store)
  }

  /** Makes the store anew of the commits that are left. */
  function replay(): void {
    store = createMemoryStore(random)
    for (const { run, drawn } of commits) {
      replaying = [...drawn]
      // Each took effect within its call, so they follow one another without waiting.
      void run(store)
    }
    replaying = null
  }

  return {
    load: (ref) => store.load(ref),
    loadAfter: (ref, row) => store.loadAfter(ref, row),
    state: (ref) => store.state(ref),
    digest: (ref) => store.digest(ref),
    pending: () => store.pending(),
    appendLocal: (ref, updates) =>
      commit(
        'appendLocal',
        (on) => on.appendLocal(ref, updates),
        storedOf(
          ref,
          updates.map(({ update }) => update)
        )
      ),
    compact: (ref) => commit('compact', (on) => on.compact(ref)),
    async seal(ref) {
      // With nothing to seal it only reads, and flushes nothing.
      const { outboxRows } = await store.state(ref)
      return await (outboxRows === 0 ? store.seal(ref) : commit('seal', (on) => on.seal(ref)))
    },
    receive: (...args) => {
      const [ref, updates] = args
      return commit('receive', (on) => on.receive(...args), storedOf(ref, updates))
    },
    receiveNext: (...args) => commit('receive', (on) => on.receiveNext(...args)),
    settle: (ref, outbox, n, from, to) =>
      commit('settle', (on) => on.settle(ref, outbox, n, from, to)),
    giveBack: (ref, held, from, to) => commit('giveBack', (on) => on.giveBack(ref, held, from, to)),
    doubt: (ref) => commit('doubt', (on) => on.doubt(ref)),
    setAside: (ref, reason) => commit('setAside', (on) => on.setAside(ref, reason)),
    everStored(ref) {
      const of = channelKey(ref)
      return commits.flatMap(({ stored }) => (stored?.channel === of ? stored.updates : []))
    },
    copies: () => (world.plant === 'no-copy' ? [] : [...store.copies.values()]),
    cutPower() {
      const flushed = commits.findLastIndex(({ strict }) => strict) + 1
      const lost = chance.below(commits.length - flushed + 1)
      world.tell(`${name}: the power fails, and ${lost} commits with it`)
      if (lost === 0) return
      world.oracle.edits.tookBack(name)
      commits = commits.slice(0, commits.length - lost)
      replay()
    },
    evict() {
      world.tell(`${name}: the browser throws its storage away`)
      commits = []
      replay()
    }
  }
}

function storedOf(ref: ChannelRef, updates: readonly Uint8Array[]): Commit['stored'] {
  return { channel: channelKey(ref), updates }
}

/** Whether a planted bug makes relaxed what has to be strict. */
function isForgotten({ plant }: World, write: string): boolean {
  return plant === 'relaxed-edits' && write === 'appendLocal'
}

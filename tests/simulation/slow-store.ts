// A store as a browser gives it: calls take time, in order; commits fail; a tab may die around them.
import { StoreFailure, type StoreFailureReason } from '../../app/store/ports'
import type { Store } from './disk'
import type { World } from './world'

/** How long a call takes on a disk that crawls, ms at most. */
const crawlMsMax = 3_000

/** How long the tabs of a device may need to hear of a commit, ms: its answer waits for calls of before. */
const toldMsMax = crawlMsMax + 10

/** Calls of a tab that is not alive any more neither take effect nor answer. */
export function createSlowStore(
  world: World,
  device: string,
  whose: string,
  store: Store,
  isAlive: () => boolean
): Store {
  const { time, chance, oracle } = world
  let last = 0

  function takes(): number {
    if (world.troubles.isCrawling(device)) return chance.below(crawlMsMax)
    return chance.happens(world.faults.slowStore) ? chance.below(500) : chance.below(4)
  }

  /** Why a write fails that comes to its commit now; null when it does not. */
  function failure(): StoreFailureReason | null {
    if (world.troubles.isFull(device)) return 'quota'
    if (!chance.happens(world.faults.slowStore / 4)) return null
    return chance.pick(['quota', 'closed', 'unavailable'])
  }

  function slowly<T>(name: string, writes: boolean, run: () => Promise<T>): Promise<T> {
    last = Math.max(last, time.now() + takes())
    return new Promise((resolve, reject) => {
      time.after(last - time.now(), () => {
        if (!isAlive()) return
        const reason = writes ? failure() : null
        if (reason !== null) {
          world.detail(() => `${device} ${whose} cannot ${name}: ${reason}`)
          return reject(new StoreFailure(reason, new Error('A simulated failure')))
        }
        world.detail(() => `${device} ${whose} does ${name}`)
        // Committed now; told a moment later, if the tab lives to hear it.
        const committed = run()
        last = Math.max(last, time.now() + chance.below(2))
        time.after(last - time.now(), () => {
          if (isAlive()) committed.then(resolve, reject)
        })
      })
    })
  }

  return {
    load: (ref) => slowly('load', false, () => store.load(ref)),
    loadAfter: (ref, row) => slowly('loadAfter', false, () => store.loadAfter(ref, row)),
    appendLocal(ref, updates) {
      const written = slowly('appendLocal', true, () => {
        for (const edit of updates) oracle.edits.stored(device, ref.document, edit)
        return store.appendLocal(ref, updates)
      })
      return world.plant === 'quota-ignored' ? written.catch(() => 0) : written
    },
    compact: (ref) => slowly('compact', true, () => store.compact(ref)),
    state: (ref) => slowly('state', false, () => store.state(ref)),
    seal: (ref) => slowly('seal', true, () => store.seal(ref)),
    receive: (...args) => slowly('receive', true, () => store.receive(...args)),
    receiveNext: (...args) => slowly('receiveNext', true, () => store.receiveNext(...args)),
    settle: (ref, outbox, n, from, to) =>
      slowly('settle', true, () => store.settle(ref, outbox, n, from, to)),
    giveBack: (ref, held, from, to) =>
      slowly('giveBack', true, async () => {
        const cursor = await store.giveBack(ref, held, from, to)
        if (held !== null)
          oracle.edits.givenBack(device, ref.document, time.now(), time.now() + toldMsMax)
        return cursor
      }),
    digest: (ref) => slowly('digest', false, () => store.digest(ref)),
    doubt: (ref) => slowly('doubt', true, () => store.doubt(ref)),
    pending: () => slowly('pending', false, () => store.pending()),
    setAside: (ref, reason) =>
      slowly('setAside', true, async () => {
        const copy = await store.setAside(ref, reason)
        oracle.edits.setAside(device, ref.document)
        return copy
      })
  }
}

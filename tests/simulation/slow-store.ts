// A store as a browser gives it: calls take time, in order; a tab may die before or after a commit.
import { StoreFailure, type ReplicaStore, type SyncStore } from '../../app/store/ports'
import type { World } from './world'

type Store = ReplicaStore & SyncStore

/** Calls of a tab that is not alive any more neither take effect nor answer. */
export function createSlowStore(
  world: World,
  whose: string,
  store: Store,
  isAlive: () => boolean
): Store {
  const { time, chance } = world
  let last = 0

  function slowly<T>(name: string, writes: boolean, run: () => Promise<T>): Promise<T> {
    const { slowStore } = world.faults
    const takes = chance.happens(slowStore) ? chance.below(500) : chance.below(4)
    last = Math.max(last, time.now() + takes)
    return new Promise((resolve, reject) => {
      time.after(last - time.now(), () => {
        if (!isAlive()) return
        if (writes && chance.happens(slowStore / 4)) {
          world.detail(() => `${whose} cannot ${name}`)
          return reject(new StoreFailure('quota', new Error('The simulated disk is full')))
        }
        world.detail(() => `${whose} does ${name}`)
        // Committed now; told a moment later, if the tab lives to hear it.
        const committed = run()
        const told = Math.max(last, time.now() + chance.below(2))
        last = told
        time.after(told - time.now(), () => {
          if (isAlive()) committed.then(resolve, reject)
        })
      })
    })
  }

  return {
    load: (ref) => slowly('load', false, () => store.load(ref)),
    loadAfter: (ref, row) => slowly('loadAfter', false, () => store.loadAfter(ref, row)),
    appendLocal: (ref, updates) =>
      slowly('appendLocal', true, () => store.appendLocal(ref, updates)),
    compact: (ref) => slowly('compact', true, () => store.compact(ref)),
    state: (ref) => slowly('state', false, () => store.state(ref)),
    seal: (ref) => slowly('seal', true, () => store.seal(ref)),
    receive: (ref, updates, from, to) =>
      slowly('receive', true, () => store.receive(ref, updates, from, to)),
    settle: (ref, outbox, n, from, to) =>
      slowly('settle', true, () => store.settle(ref, outbox, n, from, to)),
    giveBack: (ref, held, from, to) =>
      slowly('giveBack', true, () => store.giveBack(ref, held, from, to)),
    doubt: (ref) => slowly('doubt', true, () => store.doubt(ref)),
    pending: () => slowly('pending', false, () => store.pending()),
    setAside: (ref, reason) => slowly('setAside', true, () => store.setAside(ref, reason))
  }
}

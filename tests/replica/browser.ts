// Replicas of one browser: tabs over one store that hear each other by notices, under manual time.
import { openReplica } from '../../app/replica/open-replica'
import type { Replica, ReplicaOptions } from '../../app/replica/replica'
import { createNoticeHub } from '../../app/store/memory-notices'
import { createMemoryStore } from '../../app/store/memory-store'
import { aPerson, aRef, aTab, createCountingRandom } from '../contracts/store-samples'
import { createManualTime } from './manual-time'

export const ref = aRef(1)

const typed = { kind: 'typed' }

/** Types at the front of the title. */
export function write(replica: Replica, text: string): void {
  replica.doc.transact(() => replica.doc.getText('title').insert(0, text), typed)
}

export function titleOf(replica: Replica): string {
  return replica.doc.getText('title').toJSON()
}

export function bodyOf(replica: Replica): string {
  return replica.doc.getXmlFragment('body').toJSON()
}

/** One browser: a store, its notices, and tabs that open the document `ref`. */
export function createBrowser(deliver?: (hear: () => void) => void) {
  const random = createCountingRandom(100)
  const store = createMemoryStore(random)
  const time = createManualTime()
  const hub = createNoticeHub(deliver)
  let tabs = 0
  const open = (options: Partial<ReplicaOptions> = {}): Promise<Replica> =>
    openReplica({
      ref,
      person: aPerson,
      tab: aTab(++tabs),
      store,
      notices: hub(),
      random,
      after: time.after,
      mayWrite: () => true,
      writeCopy: null,
      claimEarlier: null,
      onTrouble: (cause) => {
        throw cause
      },
      ...options
    })
  return { store, time, hub, open }
}

// What stands between people in these tests: a log whose every entry was checked as the relay does it.
import { createKnown, type Known } from '../../sync-api/core/known'
import { checkUpdate, learnUpdate, type Verdict } from '../../sync-api/core/update-check'
import { entryZero } from '../../sync-api/protocol/entry-zero'
import { idOf, longIdBytes, type PersonId } from '../../sync-api/protocol/ids'

/** A person for each client id: enough to tell whose it is. */
export function personFor(client: number): PersonId {
  const bytes = new Uint8Array(longIdBytes)
  new DataView(bytes.buffer).setUint32(0, client)
  return idOf(bytes)
}

export type CheckedLog = {
  readonly entries: Uint8Array[]
  known: Known
  /** Appends what is fine; answers the verdict. */
  push(update: Uint8Array, clients: readonly number[], healing?: boolean): Verdict
  /** Begins anew with what the log says, as a relay does that was started again. */
  forget(): void
}

export function createCheckedLog(first: readonly Uint8Array[] = []): CheckedLog {
  const log: CheckedLog = {
    entries: [...first],
    known: knownOf(first),
    push(update, clients, healing = false) {
      const person = personFor(clients[0] ?? 0)
      const verdict = checkUpdate(log.known, update, {
        ...{ channel: 'content', person, clients, healing }
      })
      if (verdict === 'fine') log.entries.push(update)
      return verdict
    },
    forget: () => void (log.known = knownOf(log.entries))
  }
  return log
}

export function knownOf(entries: readonly Uint8Array[]): Known {
  const known = createKnown()
  for (const update of [entryZero, ...entries]) {
    if (!learnUpdate(known, update, 'content'))
      throw new Error('An entry builds on what is not there')
  }
  return known
}

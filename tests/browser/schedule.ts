// A concurrent history as what each of its two people does, and what they must have seen before it.
import * as Y from 'yjs'
import type { Patch, Trace, Txn } from './traces'

export type Step = {
  /** How many changes of the other this person knows, no more and no fewer. */
  readonly knows: number
  /** The text before the step, where it knows more than the step before; else null. */
  readonly text: string | null
  readonly patches: readonly Patch[]
  /** How many changes of their own this person has made after it. */
  readonly made: number
  /** Whether the other needs exactly these: nothing may be added before they have left. */
  readonly isAwaited: boolean
}

export type Schedule = {
  /** What both begin with. */
  readonly start: string
  readonly steps: readonly [readonly Step[], readonly Step[]]
}

/**
 * What both people do from a moment on at which each knew all of the other's: the last such moment
 * with `last` changes to come, or the very beginning. Throws on a history in which one person is at
 * two places at once.
 */
export function scheduleOf(trace: Trace, last: number): Schedule {
  const changes = changesOf(trace)
  const awaited = [0, 1].map(
    (agent) => new Set(changes.filter((one) => one.agent !== agent).map(({ knows }) => knows))
  )
  const from = meetingBefore(changes, Math.max(0, changes.length - last))
  const replay = createReplay()
  let start = ''
  const steps: [Step[], Step[]] = [[], []]
  changes.forEach(({ agent, knows, made, patches }, number) => {
    if (number === from) start = replay.textOfAll()
    const knew = replay.knows(agent)
    const text = knows > knew ? replay.textAt(agent, knows) : null
    replay.type(agent, patches)
    if (number < from) return
    const own = steps[agent]!
    const before = own.at(-1)
    const isAwaited = awaited[agent]!.has(made)
    if (before !== undefined && text === null && !before.isAwaited) {
      own[own.length - 1] = { ...before, made, isAwaited, patches: [...before.patches, ...patches] }
    } else {
      own.push({ knows, text, patches, made, isAwaited })
    }
  })
  return { start, steps }
}

type Change = Txn & { readonly knows: number; readonly made: number }

function changesOf({ txns }: Trace): readonly Change[] {
  const versions: (readonly [number, number])[] = []
  const made: [number, number] = [0, 0]
  return txns.map((txn) => {
    const known: [number, number] = [0, 0]
    for (const parent of txn.parents) {
      versions[parent]!.forEach((count, agent) => (known[agent] = Math.max(known[agent]!, count)))
    }
    const [own, other] = [txn.agent, 1 - txn.agent]
    if (known[own] !== made[own]) throw new Error('This history has branches within one person')
    made[own]!++
    known[own]!++
    versions.push(known)
    return { ...txn, knows: known[other]!, made: made[own]! }
  })
}

/** The last change up to `latest` that, with all after it, was made knowing everything before it. */
function meetingBefore(changes: readonly Change[], latest: number): number {
  const least: [number, number] = [Infinity, Infinity]
  const made: [number, number] = [0, 0]
  for (const { agent } of changes) made[agent]!++
  for (let number = changes.length - 1; number > 0; number--) {
    const { agent, knows } = changes[number]!
    least[agent] = Math.min(least[agent]!, knows)
    made[agent]!--
    if (number <= latest && least[0] >= made[1] && least[1] >= made[0]) return number
  }
  return 0
}

// Two plain Yjs documents, as the reference for what each sees on the way.
function createReplay(): {
  knows(agent: number): number
  textAt(agent: number, knows: number): string
  textOfAll(): string
  type(agent: number, patches: readonly Patch[]): void
} {
  const people = [1, 2].map((clientID) => {
    const doc = new Y.Doc()
    doc.clientID = clientID
    return { doc, text: doc.getText('text'), changes: [] as Uint8Array[], knows: 0 }
  })
  function textAt(agent: number, knows: number): string {
    const [self, other] = [people[agent]!, people[1 - agent]!]
    for (; self.knows < knows; self.knows++) Y.applyUpdate(self.doc, other.changes[self.knows]!)
    return self.text.toString()
  }
  return {
    knows: (agent) => people[agent]!.knows,
    textAt,
    textOfAll: () => {
      const [text] = [0, 1].map((agent) => textAt(agent, people[1 - agent]!.changes.length))
      return text!
    },
    type(agent, patches) {
      const { doc, text, changes } = people[agent]!
      const before = Y.encodeStateVector(doc)
      doc.transact(() => {
        for (const [at, deleted, inserted] of patches) {
          if (deleted > 0) text.delete(at, deleted)
          if (inserted !== '') text.insert(at, inserted)
        }
      })
      changes.push(Y.encodeStateAsUpdate(doc, before))
    }
  }
}

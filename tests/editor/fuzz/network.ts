// Takes updates between writers badly: late, twice, out of order; and nothing of a viewer's.
import type { Chance } from '../../simulation/chance'
import * as Y from 'yjs'
import { network as receivedOrigin, type Writer } from '../test-bed'

export type Network = {
  /** Delivers some of what waits. */
  deliverSome(): void
  /** Delivers to one what waits for them, up to so many updates as one frame. */
  deliverTo(who: Writer, most: number): void
  /** Delivers everything, and what comes of it; false where that finds no end. */
  deliverAll(): boolean
}

/** Rounds after which replicas that still answer each other never would stop. */
const roundsMax = 200

export type NetworkOptions = {
  readonly people: readonly Writer[]
  readonly chance: Chance
  /** Whether a later update of somebody may come before an earlier one. */
  readonly disorderly: boolean
}

export function connectBadly({ people, chance, disorderly }: NetworkOptions): Network {
  const lines = people.map((to) => ({ to, waiting: [] as Uint8Array[] }))
  for (const from of people) {
    if (!from.editor.editable) continue
    from.doc.on('update', (update: Uint8Array, origin: unknown) => {
      if (origin === receivedOrigin) return
      for (const { to, waiting } of lines) if (to !== from) waiting.push(update)
    })
  }

  /** Up to so many updates at once, as a frame brings them. */
  function deliver({ to, waiting }: (typeof lines)[number], most: number): void {
    const updates: Uint8Array[] = []
    for (let left = most; left > 0 && waiting.length > 0; left--) {
      const index = disorderly && chance.happens(0.2) ? chance.below(waiting.length) : 0
      const again = chance.happens(0.05)
      updates.push(...(again ? waiting.slice(index, index + 1) : waiting.splice(index, 1)))
    }
    if (updates.length > 0) to.receive(...updates)
  }

  /**
   * Of what came in disorder Yjs 13.6 can leave structs pending that wait for each other, although all of
   * them are there (seed 1000533, and the same in a Y.Doc alone). Who is given the whole then has them.
   */
  function giveWhole(to: Writer): void {
    const others = people.filter((from) => from !== to && from.editor.editable)
    to.receive(...others.map(({ doc }) => Y.encodeStateAsUpdate(doc)))
  }

  return {
    deliverSome() {
      for (const line of lines) {
        // One who hears nothing for a while, and then much at once.
        if (chance.happens(0.4)) deliver(line, 1 + chance.below(12))
      }
    },
    deliverTo(who, most) {
      const line = lines.find(({ to }) => to === who)
      if (line !== undefined) deliver(line, most)
    },
    deliverAll() {
      for (let round = 0; round < roundsMax; round++) {
        const full = lines.filter(({ waiting }) => waiting.length > 0)
        const stuck = disorderly && full.length === 0 ? people.filter(hasPending) : []
        if (full.length === 0 && stuck.length === 0) return true
        for (const line of full) deliver(line, 20)
        stuck.forEach(giveWhole)
      }
      return false
    }
  }
}

const hasPending = ({ doc }: Writer): boolean => doc.store.pendingStructs !== null

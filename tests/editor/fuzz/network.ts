// Takes updates between writers badly: late, twice, out of order; and nothing of a viewer's.
import type { Chance } from '../../simulation/chance'
import { network as receivedOrigin, type Writer } from '../test-bed'

export type Network = {
  /** Delivers some of what waits. */
  deliverSome(): void
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

  return {
    deliverSome() {
      for (const line of lines) {
        // One who hears nothing for a while, and then much at once.
        if (chance.happens(0.4)) deliver(line, 1 + chance.below(12))
      }
    },
    deliverAll() {
      for (let round = 0; round < roundsMax; round++) {
        const full = lines.filter(({ waiting }) => waiting.length > 0)
        if (full.length === 0) return true
        for (const line of full) deliver(line, 20)
      }
      return false
    }
  }
}

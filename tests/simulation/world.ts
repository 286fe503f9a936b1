// What every part of a simulated world holds on to: time, chance, faults, the trace, the oracle.
import type { DocumentId } from '../../sync-api/protocol/ids'
import type { Chance } from './chance'
import type { Faults } from './faults'
import type { Oracle } from './oracle'
import type { PlantName } from './plant-names'
import type { Time } from './time'
import type { Troubles } from './troubles'

export type World = {
  readonly time: Time
  readonly chance: Chance
  /** As they are at this moment; `noFaults` once the world heals. */
  faults: Faults
  /** Documents whose log cannot be read or written now. */
  readonly damaged: Set<DocumentId>
  readonly troubles: Troubles
  /** A word that was never typed before. */
  readonly word: () => string
  /** The bug planted in this run, if one is. */
  readonly plant: PlantName | null
  readonly oracle: Oracle
  /** Writes down what happened, for whoever looks at a violation. */
  tell(what: string): void
  /** The same for every message and store call: asked for only when a seed is looked at closely. */
  detail(what: () => string): void
}

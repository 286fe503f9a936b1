// What every part of a world of several regions holds on to.
import type { Chance } from '../chance'
import type { Time } from '../time'
import type { PlantName } from './plant-names'
import type { Replicas } from './replicas'
import type { TroublesControl } from './troubles'

export type RegionCounts = {
  acks: number
  folds: number
  deaths: number
  flushes: number
  healed: number
  forged: number
  probes: number
  destroyed: number
}

export type RegionWorld = {
  readonly time: Time
  readonly chance: Chance
  readonly troubles: TroublesControl
  readonly replicas: Replicas
  readonly plant: PlantName | null
  readonly counts: RegionCounts
  /** Probability that a function dies at one of its calls. */
  deaths: number
  /** Share of events on the bus that are lost. */
  lostEvents: number
  /** Nothing goes wrong any more: everybody hurries to come to rest. */
  isHealed: boolean
  /** Regions that every other takes for members: what is folded goes when all of them hold it. */
  members: readonly string[]
  tell(what: string): void
  /** A promise is broken: the world ends with it. */
  broken(what: string): void
  /** Ends the world if one was. */
  assertSound(): void
}

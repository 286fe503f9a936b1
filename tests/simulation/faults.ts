// What goes wrong under a seed: each class is on or off, with a rate of its own (a swarm).
import type { Chance } from './chance'

export type Faults = {
  /** Longest one-way delay of a frame, ms. */
  readonly delayMs: number
  /** Chance per frame that it and all after it in that direction are lost; the rest comes too late. */
  readonly drop: number
  /** Chance per frame that the connection breaks, told to both sides. */
  readonly cut: number
  /** Whether a connection may break without a word: found by silence alone. */
  readonly halfOpen: boolean
  /** Chance per frame to the relay that it still arrives after its connection was left. */
  readonly straggle: number
  /** Chance per call over HTTP that it arrives twice; that its answer is lost. */
  readonly duplicate: number
  readonly lostAnswer: number
  /** How often the service worker syncs beside the page, per second and device. */
  readonly worker: number
  /** Chance per second and device of a time without network; its length is up to a minute. */
  readonly partition: number
  /** Chance per append that the relay dies before it, after it, or within its answers. */
  readonly relayCrash: number
  /** Chance per second and device: all tabs die, a tab dies, a tab opens. */
  readonly deviceCrash: number
  readonly tabCrash: number
  readonly tabOpens: number
  /** Longest life of a ticket, ms. */
  readonly ticketMs: number
  /** Chance per second that the owner changes somebody's role. */
  readonly roles: number
  /** Chance per store call that it takes long, and per commit that it fails. */
  readonly slowStore: number
  /** Longest time the relay needs to read its log, ms; and bytes of a page, so that there are many. */
  readonly readMs: number
  readonly pageBytes: number
  /** Chance per append that the relay's storage says no. */
  readonly storageFails: number
}

export function chooseFaults(chance: Chance): Faults {
  const maybe = (probability: number, value: () => number): number =>
    chance.happens(probability) ? value() : 0
  return {
    delayMs: chance.pick([5, 40, 40, 400]),
    drop: maybe(0.4, () => chance.share() * 0.02),
    cut: maybe(0.5, () => chance.share() * 0.02),
    halfOpen: chance.happens(0.4),
    straggle: maybe(0.5, () => 0.5),
    duplicate: maybe(0.5, () => chance.share() * 0.4),
    lostAnswer: maybe(0.5, () => chance.share() * 0.3),
    worker: maybe(0.5, () => 0.02 + chance.share() * 0.1),
    partition: maybe(0.5, () => chance.share() * 0.03),
    relayCrash: maybe(0.6, () => chance.share() * 0.05),
    deviceCrash: maybe(0.5, () => chance.share() * 0.03),
    tabCrash: maybe(0.5, () => chance.share() * 0.03),
    tabOpens: maybe(0.6, () => chance.share() * 0.05),
    ticketMs: chance.happens(0.4) ? 8_000 + chance.below(30_000) : 600_000,
    roles: maybe(0.4, () => chance.share() * 0.05),
    slowStore: maybe(0.4, () => chance.share() * 0.2),
    readMs: chance.pick([2, 2, 300]),
    pageBytes: chance.pick([Infinity, 200]),
    storageFails: maybe(0.3, () => chance.share() * 0.05)
  }
}

/** The time after the faults, in which everything must come to rest. */
export const noFaults: Faults = {
  delayMs: 20,
  drop: 0,
  cut: 0,
  halfOpen: false,
  straggle: 0,
  duplicate: 0,
  lostAnswer: 0,
  worker: 0,
  partition: 0,
  relayCrash: 0,
  deviceCrash: 0,
  tabCrash: 0,
  tabOpens: 0,
  ticketMs: 600_000,
  roles: 0,
  slowStore: 0,
  readMs: 2,
  pageBytes: Infinity,
  storageFails: 0
}

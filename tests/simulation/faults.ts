// What goes wrong under a seed: each class is on or off, with a rate of its own (a swarm).
import type { Chance } from './chance'

export type Faults = NetworkFaults & DeviceFaults & RelayFaults & PeopleFaults

type NetworkFaults = {
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
  /** Chance per second and device of a time without network; its length is up to a minute. */
  readonly partition: number
}

type DeviceFaults = {
  /** How often the service worker syncs beside the page, per second and device. */
  readonly worker: number
  /** Chance per second and device: all tabs die, a tab dies, a tab opens. */
  readonly deviceCrash: number
  readonly tabCrash: number
  readonly tabOpens: number
  /** Whether every tab syncs for itself, as where there are no Web Locks. */
  readonly everyTabLeads: boolean
  /** Share of device crashes in which the power fails: what no strict commit followed may be gone. */
  readonly powerCut: number
  /** Whether the browser makes commits relaxed that need not be strict. */
  readonly relaxed: boolean
  /** Chance per second and device that the browser throws away all it stored. */
  readonly eviction: number
  /** Chance per store call that it takes long, and per commit that it fails. */
  readonly slowStore: number
  /** Chance per second and device of a time in which its disk is full; in which it crawls. */
  readonly fullDisk: number
  readonly crawlingDisk: number
  /** How far clocks are apart, ms; chance per second and clock that one jumps. */
  readonly skewMs: number
  readonly clockJump: number
  /** Chance per second and device that its pages are hidden or seen again. */
  readonly hides: number
  /** Chance per device that it runs a release the relay does not speak with any more, or a newer one. */
  readonly otherRelease: number
}

type RelayFaults = {
  /** Chance per append that the relay dies before it, after it, or within its answers. */
  readonly relayCrash: number
  /** Longest life of a ticket, ms. */
  readonly ticketMs: number
  /** Longest time the relay needs to read its log, ms; and bytes of a page, so that there are many. */
  readonly readMs: number
  readonly pageBytes: number
  /** Chance per append that the relay's storage says no. */
  readonly storageFails: number
  /** Chance per second that a document cannot be read or written for a while. */
  readonly damage: number
  /** Chance per second that a document is folded. */
  readonly fold: number
  /** Chance per second that the relay is set back to an older backup; at most once in a world. */
  readonly restore: number
}

type PeopleFaults = {
  /** Chance per second that the owner changes somebody's role. */
  readonly roles: number
  /** Whether everybody goes home, for days, and some write without a network at both ends. */
  readonly daysApart: boolean
}

export function chooseFaults(chance: Chance): Faults {
  const maybe = (probability: number, value: () => number): number =>
    chance.happens(probability) ? value() : 0
  const share = (): number => chance.share()
  return {
    delayMs: chance.pick([5, 40, 40, 400]),
    drop: maybe(0.4, () => share() * 0.02),
    cut: maybe(0.5, () => share() * 0.02),
    halfOpen: chance.happens(0.4),
    straggle: maybe(0.5, () => 0.5),
    duplicate: maybe(0.5, () => share() * 0.4),
    lostAnswer: maybe(0.5, () => share() * 0.3),
    partition: maybe(0.5, () => share() * 0.03),
    ...deviceFaults(chance, maybe),
    relayCrash: maybe(0.6, () => share() * 0.05),
    ticketMs: chance.happens(0.4) ? 8_000 + chance.below(30_000) : 600_000,
    readMs: chance.pick([2, 2, 300]),
    pageBytes: chance.pick([Infinity, 200]),
    storageFails: maybe(0.3, () => share() * 0.05),
    damage: maybe(0.2, () => share() * 0.1),
    fold: maybe(0.7, () => share() * 0.2),
    restore: maybe(0.3, () => 0.2),
    roles: maybe(0.4, () => share() * 0.05),
    daysApart: chance.happens(0.1)
  }
}

function deviceFaults(
  chance: Chance,
  maybe: (probability: number, value: () => number) => number
): DeviceFaults {
  const share = (): number => chance.share()
  return {
    worker: maybe(0.5, () => 0.02 + share() * 0.1),
    deviceCrash: maybe(0.5, () => share() * 0.03),
    tabCrash: maybe(0.5, () => share() * 0.03),
    tabOpens: maybe(0.6, () => share() * 0.05),
    everyTabLeads: chance.happens(0.15),
    powerCut: maybe(0.5, () => 0.7),
    relaxed: chance.happens(0.5),
    eviction: maybe(0.15, () => share() * 0.03),
    slowStore: maybe(0.4, () => share() * 0.2),
    fullDisk: maybe(0.3, () => share() * 0.05),
    crawlingDisk: maybe(0.3, () => share() * 0.05),
    skewMs: chance.pick([0, 2_000]),
    clockJump: maybe(0.25, () => share() * 0.05),
    hides: maybe(0.4, () => share() * 0.1),
    otherRelease: maybe(0.2, () => 0.3)
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
  partition: 0,
  worker: 0,
  deviceCrash: 0,
  tabCrash: 0,
  tabOpens: 0,
  everyTabLeads: false,
  powerCut: 0,
  relaxed: false,
  eviction: 0,
  slowStore: 0,
  fullDisk: 0,
  crawlingDisk: 0,
  skewMs: 0,
  clockJump: 0,
  hides: 0,
  otherRelease: 0,
  relayCrash: 0,
  ticketMs: 600_000,
  readMs: 2,
  pageBytes: Infinity,
  storageFails: 0,
  damage: 0,
  fold: 0,
  restore: 0,
  roles: 0,
  daysApart: false
}

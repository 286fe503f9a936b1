// Every edit of every device: where it is safe by now, and whether the screen says the truth about it.
import type { LocalUpdate } from '../../app/store/ports'
import { isLate } from '../../app/store/stored'
import type { DocumentStatus } from '../../app/sync/status'
import type { DocumentId } from '../../sync-api/protocol/ids'
import { createKnowledge, type Knowledge } from './knowledge'
import type { LogRecord } from './log-record'

/** A tab's view of one document. */
export type Screen = {
  readonly device: string
  readonly tab: string
  readonly document: DocumentId
  /** When the tab opened it, virtual ms. */
  readonly since: number
}

type Edit = {
  readonly update: Uint8Array
  readonly tab: string
  /** Whether its device's store has it; and since when its tab knows, null before. */
  stored: boolean
  committedAt: number | null
  /** Tabs of the device that were told of it. */
  readonly toldTo: Set<string>
  /** It was moved to a copy, and the person was told. */
  aside: boolean
  /** Its device threw away all it had before the relay had it. */
  evicted: boolean
}

export type Edits = {
  typed(device: string, tab: string, document: DocumentId, update: Uint8Array): void
  stored(device: string, document: DocumentId, edit: LocalUpdate): void
  committed(device: string, document: DocumentId, update: Uint8Array, now: number): void
  /** Another tab of the device has heard of it. */
  told(device: string, tab: string, document: DocumentId, update: Uint8Array): void
  setAside(device: string, document: DocumentId): void
  evicted(device: string): void
  /**
   * The device has begun to give back what a restored log lacks: "once saved" is not enough for a tab that
   * opens from now on, for one that has heard of it, and for all by `knownAt`.
   */
  givenBack(device: string, document: DocumentId, now: number, knownAt: number): void
  heardOfGivingBack(device: string, tab: string, document: DocumentId): void
  /** The power failed and took back what came from the relay; it comes again. */
  tookBack(device: string): void
  /** How often a device lost what it had of a document: what was loaded before such a time is no measure. */
  losses(device: string, document: DocumentId): number
  /**
   * A tab has loaded a document, from `since` on and after so many losses; answers what is missing in it: an edit that was saved on the device,
   * or what another tab of it had loaded before.
   */
  opened(screen: Screen, state: Uint8Array, losses: number): string | null
  /** What a screen says; answers what is a lie about it, if something is. */
  shown(screen: Screen, status: DocumentStatus, now: number): string | null
  /** Committed edits of a device that must be in the log or in a copy when all is at rest. */
  promised(device: string, document: DocumentId): readonly Uint8Array[]
}

export function createEdits(log: LogRecord, now: () => number): Edits {
  const all = new Map<string, Edit[]>()
  /** Those that some screen may still speak of. */
  const unsafe = new Map<string, Edit[]>()
  /** When a device first gave back of a document, and when every tab of it knows; tabs that heard of it. */
  const givenBack = new Map<string, { readonly at: number; readonly knownAt: number }>()
  const disillusioned = new Set<string>()
  /** What tabs have loaded, and when they had. */
  const loaded = new Map<string, { readonly state: Uint8Array; readonly at: number }[]>()
  const lost = new Map<string, number>()
  /** How often a device has set a document aside. */
  const setAsides = new Map<string, number>()
  const keyOf = (device: string, document: DocumentId): string => `${device} ${document}`

  function keysOf(device: string): readonly string[] {
    const keys = new Set([...all.keys(), ...loaded.keys()])
    return [...keys].filter((key) => key.startsWith(`${device} `))
  }

  function lose(key: string): void {
    loaded.delete(key)
    lost.set(key, (lost.get(key) ?? 0) + 1)
  }

  function listOf(lists: Map<string, Edit[]>, key: string): Edit[] {
    const list = lists.get(key) ?? []
    lists.set(key, list)
    return list
  }

  function find(device: string, document: DocumentId, update: Uint8Array): Edit | undefined {
    return listOf(all, keyOf(device, document)).findLast((edit) => edit.update === update)
  }

  /** Whether a screen could know by now that what the relay once had it may have lost. */
  function knowsOfRestore({ device, tab, document, since }: Screen, now: number): boolean {
    const key = keyOf(device, document)
    const given = givenBack.get(key)
    if (given === undefined) return false
    return since >= given.at || now >= given.knownAt || disillusioned.has(`${key} ${tab}`)
  }

  /** What is not safe, as far as a screen could know. Of what is safe for good nobody is asked again. */
  function unsafeOf(screen: Screen, now: number): readonly Edit[] {
    const { device, document } = screen
    const key = keyOf(device, document)
    if (knowsOfRestore(screen, now)) {
      const known = log.holds(document)
      return listOf(all, key).filter((one) => isUnsafe(one, known) && !one.evicted)
    }
    const known = log.everHeld(document)
    const left = listOf(unsafe, key).filter((one) => isUnsafe(one, known))
    unsafe.set(key, left)
    return left
  }

  return {
    typed(device, tab, document, update) {
      const edit: Edit = {
        ...{ update, tab, stored: false, committedAt: null, toldTo: new Set<string>() },
        ...{ aside: false, evicted: false }
      }
      listOf(all, keyOf(device, document)).push(edit)
      listOf(unsafe, keyOf(device, document)).push(edit)
    },
    stored(device, document, { update, asides }) {
      const edit = find(device, document, update)
      if (edit === undefined) throw new Error('An edit was stored that nobody typed')
      edit.stored = true
      // Made on what is in a copy by now, it belongs there too.
      if (isLate({ asides }, { asides: setAsides.get(keyOf(device, document)) })) edit.aside = true
    },
    committed(device, document, update, now) {
      const edit = find(device, document, update)
      if (edit !== undefined) edit.committedAt ??= now
    },
    told(device, tab, document, update) {
      find(device, document, update)?.toldTo.add(tab)
    },
    setAside(device, document) {
      const key = keyOf(device, document)
      lose(key)
      setAsides.set(key, (setAsides.get(key) ?? 0) + 1)
      // What the relay has is fetched again; of the rest there is the copy.
      for (const edit of listOf(all, key)) {
        if (edit.stored) edit.aside = true
      }
    },
    evicted(device) {
      for (const [key, list] of all) {
        if (!key.startsWith(`${device} `)) continue
        for (const edit of list) edit.evicted = true
        unsafe.delete(key)
      }
      keysOf(device).forEach(lose)
      for (const key of keysOf(device)) setAsides.delete(key)
    },
    tookBack(device) {
      keysOf(device).forEach(lose)
    },
    losses: (device, document) => lost.get(keyOf(device, document)) ?? 0,
    opened({ device, tab, document, since }, state, losses) {
      const key = keyOf(device, document)
      if (losses !== (lost.get(key) ?? 0)) return null
      const known = createKnowledge([state])
      // Two that load at once may have read at different times.
      const before = (loaded.get(key) ?? []).filter(({ at }) => at < since)
      loaded.set(key, [...(loaded.get(key) ?? []), { state, at: now() }])
      if (!before.every((one) => known.covers(one.state))) return 'lacks what was there before'
      const kept = listOf(all, key).filter(
        // Of one that is committed while it loads it hears by a notice, which may still be on its way.
        ({ committedAt, toldTo }) =>
          committedAt !== null && (committedAt < since || toldTo.has(tab))
      )
      const lacks = kept.some((edit) => !edit.evicted && !edit.aside && !known.covers(edit.update))
      return lacks ? 'lacks an edit that was saved here' : null
    },
    givenBack(device, document, now, knownAt) {
      const key = keyOf(device, document)
      if (!givenBack.has(key)) givenBack.set(key, { at: now, knownAt })
    },
    heardOfGivingBack(device, tab, document) {
      disillusioned.add(`${keyOf(device, document)} ${tab}`)
    },
    shown(screen, status, now) {
      const { tab, since } = screen
      const unsure = unsafeOf(screen, now)
      if (claimsDevice(status)) {
        const lost = unsure.find((edit) => edit.tab === tab && edit.committedAt === null)
        if (lost !== undefined) return `says ${status.kind} of an edit that is in memory only`
      }
      if (!claimsRelay(status)) return null
      const concerns = (edit: Edit): boolean =>
        edit.tab === tab ||
        edit.toldTo.has(tab) ||
        (edit.committedAt !== null && edit.committedAt < since)
      const missing = unsure.filter(concerns)
      if (missing.length === 0) return null
      const from = knowsOfRestore(screen, now) ? 'what it holds' : 'what it ever held'
      const read = log.asRead(screen.document, from)
      if (missing.every(({ update }) => read.covers(update))) return null
      return `says ${status.kind} of an edit that the relay does not have`
    },
    promised(device, document) {
      return listOf(all, keyOf(device, document))
        .filter((edit) => edit.committedAt !== null && !edit.evicted)
        .map((edit) => edit.update)
    }
  }
}

function isUnsafe({ aside, update }: Edit, known: Knowledge): boolean {
  return !aside && !known.covers(update)
}

/** Whether the words say that everything typed is at least on this device. */
function claimsDevice({ kind }: DocumentStatus): boolean {
  const claimsNothing = kind === 'cannot-save' || kind === 'writing' || kind === 'opening'
  return !claimsNothing && kind !== 'relayed'
}

/** Whether they say that all of it is with the relay. */
function claimsRelay({ kind }: DocumentStatus): boolean {
  return kind === 'saved' || kind === 'behind' || kind === 'relayed'
}

// Every edit of every device: where it is safe by now, and whether the screen says the truth about it.
import type { LocalUpdate } from '../../app/store/ports'
import { isLate } from '../../app/store/stored'
import type { DocumentStatus } from '../../app/sync/status'
import type { DocumentId } from '../../sync-api/protocol/ids'
import { createKnowledge } from './knowledge'
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
  /** The device has begun to give back what a restored log lacks: it knows that "once saved" is not enough. */
  knowsOfRestore(device: string, document: DocumentId): void
  /** The power failed and took back what came from the relay; it comes again. */
  tookBack(device: string): void
  /** How often a device lost what it had of a document: what was loaded before such a time is no measure. */
  losses(device: string, document: DocumentId): number
  /**
   * A tab has loaded a document, after so many losses; answers what is missing in it: an edit that was saved on the device,
   * or what another tab of it had loaded before.
   */
  opened(device: string, document: DocumentId, state: Uint8Array, losses: number): string | null
  /** What a screen says; answers what is a lie about it, if something is. */
  shown(screen: Screen, status: DocumentStatus): string | null
  /** Committed edits of a device that must be in the log or in a copy when all is at rest. */
  promised(device: string, document: DocumentId): readonly Uint8Array[]
}

export function createEdits(log: LogRecord): Edits {
  const all = new Map<string, Edit[]>()
  /** Those that some screen may still speak of. */
  const unsafe = new Map<string, Edit[]>()
  const disillusioned = new Set<string>()
  /** What a tab loaded last. */
  const loaded = new Map<string, Uint8Array>()
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

  /** Forgets what is safe, and answers what is not. */
  function unsafeOf(device: string, document: DocumentId): readonly Edit[] {
    const key = keyOf(device, document)
    const known = disillusioned.has(key) ? log.holds(document) : log.everHeld(document)
    const left = listOf(unsafe, key).filter((edit) => !edit.aside && !known.covers(edit.update))
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
    opened(device, document, state, losses) {
      const key = keyOf(device, document)
      if (losses !== (lost.get(key) ?? 0)) return null
      const known = createKnowledge([state])
      const before = loaded.get(key)
      loaded.set(key, state)
      if (before !== undefined && !known.covers(before)) return 'lacks what was there before'
      const kept = listOf(all, key).filter((edit) => edit.committedAt !== null)
      const lacks = kept.some((edit) => !edit.evicted && !edit.aside && !known.covers(edit.update))
      return lacks ? 'lacks an edit that was saved here' : null
    },
    knowsOfRestore(device, document) {
      const key = keyOf(device, document)
      if (disillusioned.has(key)) return
      disillusioned.add(key)
      unsafe.set(
        key,
        listOf(all, key).filter((edit) => edit.committedAt !== null && !edit.evicted)
      )
    },
    shown({ device, tab, document, since }, status) {
      const unsure = unsafeOf(device, document)
      if (claimsDevice(status)) {
        const lost = unsure.find((edit) => edit.tab === tab && edit.committedAt === null)
        if (lost !== undefined) return `says ${status.kind} of an edit that is in memory only`
      }
      if (!claimsRelay(status)) return null
      const concerns = (edit: Edit): boolean =>
        edit.tab === tab ||
        edit.toldTo.has(tab) ||
        (edit.committedAt !== null && edit.committedAt < since)
      if (!unsure.some(concerns)) return null
      return `says ${status.kind} of an edit that the relay does not have`
    },
    promised(device, document) {
      return listOf(all, keyOf(device, document))
        .filter((edit) => edit.committedAt !== null && !edit.evicted)
        .map((edit) => edit.update)
    }
  }
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

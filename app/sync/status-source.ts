// The facts the status line is derived from, in every tab: heard from the leader and read from the store.
import { computed, signal, untracked, type ReadonlySignal } from '@preact/signals-core'
import { channelKey, type ChannelRef, type DocumentId } from '../../sync-api/protocol/ids'
import type { ConnectionState, Notice, Notices } from '../store/notices'
import type { SyncStore } from '../store/ports'
import { answerMsMax, type StatusFacts } from './status'
import type { SyncClock } from './surroundings'

/** What the network side knows; the replica adds what is not written yet. */
export type NetworkFacts = Omit<StatusFacts, 'unwritten' | 'failure' | 'relayed'>

export type StatusSource = {
  readonly connection: ReadonlySignal<ConnectionState>
  /** A document's facts from now on; `stop` ends it. */
  watch(document: DocumentId): { readonly facts: ReadonlySignal<NetworkFacts>; stop(): void }
  stop(): void
}

export type StatusSourceOptions = {
  readonly notices: Notices
  readonly store: Pick<SyncStore, 'state'>
  readonly after: SyncClock['after']
  /** The store could not be read; the count stays as it was. */
  readonly onFailure: (cause: unknown) => void
}

export function createStatusSource(options: StatusSourceOptions): StatusSource {
  const { notices } = options
  const connection = signal<ConnectionState>({ kind: 'connecting' })
  const stopListening = notices.listen((notice) => {
    if (notice.kind === 'connection') connection.value = notice.state
  })

  function watch(document: DocumentId): ReturnType<StatusSource['watch']> {
    const caughtUp = signal(false)
    const count = countUnacknowledged(options, { document, channel: 'content' })
    const stop = notices.listen((notice) => {
      // Another connection may have missed what this one did not.
      if (notice.kind === 'connection' && notice.state.kind !== 'online') caughtUp.value = false
      if (notice.kind === 'caught-up' && notice.document === document) caughtUp.value = true
    })
    const answering = watchAnswers(options, document, count.value, connection)
    const facts = computed(() => ({
      unacknowledged: count.value.value,
      connection: connection.value,
      caughtUp: caughtUp.value,
      unanswered: answering.unanswered.value
    }))
    return {
      facts,
      stop() {
        stop()
        answering.stop()
        count.stop()
      }
    }
  }

  return { connection, watch, stop: stopListening }
}

/** Whether changes wait for a connected relay longer than `answerMsMax` since it last took any. */
function watchAnswers(
  { notices, after }: StatusSourceOptions,
  document: DocumentId,
  count: ReadonlySignal<number | null>,
  connection: ReadonlySignal<ConnectionState>
): { readonly unanswered: ReadonlySignal<boolean>; stop(): void } {
  const unanswered = signal(false)
  const waits = computed(() => (count.value ?? 0) > 0 && connection.value.kind === 'online')
  let cancel = (): void => undefined
  function begin(): void {
    cancel()
    unanswered.value = false
    if (waits.peek()) cancel = after(answerMsMax, () => (unanswered.value = true))
  }
  const stopListening = notices.listen((notice) => {
    if (notice.kind === 'settled' && notice.ref.document === document) begin()
  })
  const stopWatching = waits.subscribe(() => untracked(begin))
  return {
    unanswered,
    stop() {
      cancel()
      stopListening()
      stopWatching()
    }
  }
}

/** Rows and batches of a channel that no relay has acknowledged; read anew after every change. */
function countUnacknowledged(
  { notices, store, onFailure }: StatusSourceOptions,
  ref: ChannelRef
): { readonly value: ReadonlySignal<number | null>; stop(): void } {
  // What an earlier session left unsent must not be called saved while it is counted.
  const value = signal<number | null>(null)
  let reading = false
  let again = false

  function read(): void {
    if (reading) {
      again = true
      return
    }
    reading = true
    store
      .state(ref)
      .then(({ outboxRows, sealedBatches, doubted }) => {
        // Something changed since the question was asked: this answer may say less than is true.
        // Rows that were lost may have waited to be sent: until the log is compared nobody knows.
        if (!again) value.value = outboxRows + sealedBatches + (doubted ? 1 : 0)
      }, onFailure)
      .finally(() => {
        reading = false
        if (!again) return
        again = false
        read()
      })
      .catch(onFailure)
  }

  read()
  const stop = notices.listen((notice) => {
    if (mayHideChanges(notice, ref)) return read()
    const changes =
      notice.kind === 'written' ||
      notice.kind === 'settled' ||
      notice.kind === 'given-back' ||
      notice.kind === 'set-aside' ||
      notice.kind === 'damaged'
    if (!changes || channelKey(notice.ref) !== channelKey(ref)) return
    // Counted before it is read: in between, the screen must not say that everything is saved.
    if (value.value !== null) value.value += addedBy(notice)
    read()
  })
  return { value, stop }
}

/** How many changes wait since a notice, at least as long as nobody has counted. */
function addedBy(notice: Notice): number {
  if (notice.kind === 'written') return notice.updates.length
  return notice.kind === 'given-back' ? 1 : 0
}

/** Whoever changed rows may have died before telling: a tab that is gone, a worker that was ended. */
function mayHideChanges(notice: Notice, { document }: ChannelRef): boolean {
  if (notice.kind === 'caught-up') return notice.document === document
  return notice.kind === 'shows' && notice.documents.length === 0
}

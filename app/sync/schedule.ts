// Who subscribes when: what people look at first, then the list of documents, then all others.
import type { DocumentId } from '../../sync-api/protocol/ids'
import { subscriptionsPerConnectionMax } from '../../sync-api/protocol/limits'
import type { SyncStore } from '../store/ports'
import type { Conversations } from './conversations'
import type { KnownDocuments } from './known-documents'
import type { Shown } from './shown'
import { createSubscribing } from './subscribing'

export type ScheduleOptions = {
  readonly store: Pick<SyncStore, 'pending'>
  readonly documents: KnownDocuments
  readonly shown: Shown
  readonly conversations: Conversations
  /** A document left the catalogue and nobody looks at it. */
  readonly onForgotten: (document: DocumentId) => void
  readonly onFailure: (cause: unknown) => void
}

export type Schedule = {
  /** A socket is open: what people look at begins at once. */
  open(): void
  /** The relay said welcome: all others follow. */
  welcome(): void
  down(): void
  /** Begins the conversation about a document, if it is closed and there is a socket. */
  begin(document: DocumentId): void
  /** The same, also where it is open: the store has something else to say of where it stands. */
  beginAnew(document: DocumentId): void
  /** Local edits of it were stored. */
  written(document: DocumentId): void
  /** A tab is gone: it may have stored its last words without telling. */
  lookForUnsent(): void
  /** Its subscribe needs no more waiting for, whatever came of it. */
  answered(document: DocumentId): void
  /** The set of documents on this device has changed. */
  catalogueChanged(): void
  /** Whether it goes before others. */
  isForeground(document: DocumentId): boolean
}

export function createSchedule(options: ScheduleOptions): Schedule {
  const { documents, shown, conversations } = options
  const { isClosed } = conversations
  const subscribing = createSubscribing(isClosed, begin)
  const unsent = new Set<DocumentId>()
  let open = false

  function isForeground(document: DocumentId): boolean {
    return document === documents.library || shown.has(document)
  }

  function beginForeground(): void {
    for (const document of new Set([...shown.inOrder(), documents.library])) begin(document)
  }

  function begin(document: DocumentId): void {
    if (!open || !isClosed(document)) return
    // A document made a moment ago: without its nonce the relay would not know it for ours.
    if (documents.knows(document)) beginKnown(document)
    else run(documents.list().then(() => beginKnown(document)))
  }

  function beginKnown(document: DocumentId): void {
    if (!open || !isClosed(document)) return
    const eager = isForeground(document)
    const nonce = documents.nonceOf(document)
    conversations.of(document).begin({ nonce, eager, unsent: eager || unsent.has(document) })
  }

  async function beginAll(): Promise<void> {
    for (const { document } of await options.store.pending()) unsent.add(document)
    const all = (await documents.list()).slice(0, subscriptionsPerConnectionMax)
    // Known from here on, so that a change of the catalogue does not take them for new ones.
    for (const document of all) conversations.of(document)
    if (!open) return
    beginForeground()
    subscribing.fill(all.filter((document) => !isForeground(document)))
  }

  async function compareCatalogue(): Promise<void> {
    const all = new Set(await documents.list())
    for (const { ref } of conversations.all()) {
      const { document } = ref
      if (all.has(document) || isForeground(document)) continue
      conversations.forget(document)
      subscribing.answered(document)
      options.onForgotten(document)
    }
    for (const document of all) {
      if (conversations.has(document)) continue
      // Made on this device a moment ago: all that is in it waits to be sent.
      unsent.add(document)
      begin(document)
    }
  }

  function written(document: DocumentId): void {
    unsent.add(document)
    if (isClosed(document)) begin(document)
    else conversations.of(document).dispatch({ type: 'outbox-changed' })
  }

  async function lookForUnsent(): Promise<void> {
    for (const { document } of await options.store.pending()) written(document)
  }

  function run(task: Promise<void>): void {
    task.catch(options.onFailure)
  }

  return {
    begin,
    beginAnew(document) {
      conversations.of(document).dispatch({ type: 'disconnected' })
      begin(document)
    },
    isForeground,
    open() {
      open = true
      beginForeground()
    },
    welcome: () => run(beginAll()),
    down() {
      open = false
      unsent.clear()
      subscribing.clear()
    },
    written,
    lookForUnsent: () => run(lookForUnsent()),
    answered: subscribing.answered,
    catalogueChanged: () => run(compareCatalogue())
  }
}

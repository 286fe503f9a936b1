// Puts the app together: the one place that knows every part.
import { channelKey, idOf, shortIdBytes, type TabId } from '../sync-api/protocol/ids'
import { watchInstallation } from './browser/installation'
import { watchPageLife } from './browser/page-life'
import { createPersistence } from './browser/persistence'
import { registerWorker } from './browser/registration'
import { missingFrom } from './browser/secure-context'
import { after, now, randomBytes, tellTrouble } from './composition/device'
import { createIdentity } from './composition/identity'
import { createLibraryList } from './composition/library-list'
import { createOpenDocuments } from './composition/open-documents'
import { watchProfile } from './composition/profile'
import { createSharing } from './composition/sharing'
import { openStorage } from './composition/storage'
import { createApi } from './identity/api'
import { openIdentity } from './identity/keys'
import { createTickets } from './identity/ticket'
import { openLibrary } from './replica/library'
import { startProjection } from './replica/projection'
import { showInsecurePage } from './shell/insecure-page'
import type { Meridian } from './shell/meridian'
import { startShell } from './shell/shell'
import { writeRecoveryCopy } from './store/recovery-copy'
import { createIntroduction } from './sync/introduce'
import { createPost } from './sync/post'
import { startSync } from './sync/start'
import { StoreFailure } from './store/ports'
import { createStatusSource } from './sync/status-source'
import { storeFailureWords } from './sync/status'
import { release } from './composition/release'

const mount = document.querySelector<HTMLElement>('#app')!
if (missingFrom(window) === null) start(mount).catch(showNotStarted)
else showInsecurePage(mount)

async function start(element: HTMLElement): Promise<void> {
  // Asked first: the browser offers to install once, soon after the page has loaded.
  const installation = watchInstallation(window)
  const page = watchPageLife(window)
  const tab = idOf<TabId>(randomBytes(shortIdBytes))
  const { origin } = location

  const storage = openStorage()
  const { database, notices, catalogue, copies, syncStore, store } = storage

  const identity = await openIdentity(database)
  const { person } = identity
  const fetch: typeof window.fetch = (input, init) => window.fetch(input, init)
  const ticket = createTickets({ identity, fetch, origin, now })
  const api = createApi({ fetch, origin, ticket })

  const replicas = {
    ...{ person, tab, store, notices, random: randomBytes, after, onTrouble: tellTrouble },
    ...{ writeCopy: writeRecoveryCopy, claimEarlier: null }
  }
  const statuses = createStatusSource({ notices, store: syncStore, onFailure: tellTrouble })
  const library = await openLibrary({ ...replicas, catalogue, now })
  const profile = watchProfile(library, person)
  const persistence = createPersistence(navigator.storage, tellTrouble)

  const registration = registerWorker({
    container: navigator.serviceWorker,
    flush: () => documents.flush(),
    reload: () => location.reload(),
    onFailure: tellTrouble
  })
  // Before sync says goodbye: whoever hears that finds the last words stored.
  page.listen((event) => {
    if (event === 'hidden' || event === 'leaving') {
      documents.hurry((ref, updates) =>
        registration.call({ type: 'last-words', channel: channelKey(ref), tab, updates })
      )
    }
    if (event === 'visible' || event === 'back') documents.refresh().catch(tellTrouble)
  })
  const sync = startSync({
    ...{ person, tab, catalogue, notices, page, ticket, release, origin },
    store: syncStore,
    callWorker: registration.call,
    onFailure: tellTrouble
  })
  const documents = createOpenDocuments(
    { ...replicas, catalogue, copies, library, statuses, profile, onEdited: persistence.ask },
    sync
  )

  startProjection({ ...replicas, catalogue, now, leads: sync.leads })
  notices.listen((notice) => {
    // Another person from here on: nothing that this page holds is theirs.
    if (notice.kind === 'identity') location.assign('/')
    // A tab that shows nothing any more may have stored its last words without telling.
    const gone = notice.kind === 'shows' && notice.documents.length === 0 && notice.tab !== tab
    if (gone) documents.refresh().catch(tellTrouble)
  })
  copies.expire(now()).catch(tellTrouble)

  const meridian: Meridian = {
    library: createLibraryList({ library, catalogue, notices, after, onTrouble: tellTrouble }),
    sharing: createSharing({
      ...{ api, library, profile, origin },
      introduce: createIntroduction(createPost(ticket, origin), catalogue)
    }),
    identity: createIdentity({
      ...{ identity, api, database, library, notices, profile },
      flush: documents.flush
    }),
    connection: statuses.connection,
    installation,
    release: registration,
    persistent: persistence.persistent,
    open: documents.open
  }
  startShell(element, meridian)
}

/** Nothing could be opened: an empty list would look like lost work. */
function showNotStarted(cause: unknown): void {
  tellTrouble(cause)
  const reason = cause instanceof StoreFailure ? storeFailureWords[cause.reason] : String(cause)
  mount.textContent = `Meridian could not open this browser’s storage. ${reason} Your documents are still there; reload the page to try again.`
}

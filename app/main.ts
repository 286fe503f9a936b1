// Puts the app together: the one place that knows every part.
import { idOf, shortIdBytes, type TabId } from '../sync-api/protocol/ids'
import { watchInstallation } from './browser/installation'
import { watchPageLife } from './browser/page-life'
import { createPersistence } from './browser/persistence'
import { registerWorker } from './browser/registration'
import { missingFrom } from './browser/secure-context'
import { after, now, randomBytes, tellTrouble } from './composition/device'
import { userFacing } from './composition/failures'
import { createMemorySending, createSafety } from './composition/guarding'
import { startHousekeeping } from './composition/housekeeping'
import { createIdentity } from './composition/identity'
import { createLibraryList } from './composition/library-list'
import { createOpenDocuments } from './composition/open-documents'
import { watchProfile } from './composition/profile'
import { release } from './composition/release'
import { rescue } from './composition/rescue'
import { createSharing } from './composition/sharing'
import { openStorage, type Storage } from './composition/storage'
import { createApi } from './identity/api'
import { openIdentity, type DeviceIdentity } from './identity/keys'
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
import { createStatusSource } from './sync/status-source'

const mount = document.querySelector<HTMLElement>('#app')!
if (missingFrom(window) === null) begin(openStorage())
else showInsecurePage(mount)

function begin(storage: Storage): void {
  start(mount, storage)
    .catch((cause: unknown) => rescue(mount, storage, cause))
    .catch(tellTrouble)
}

async function start(element: HTMLElement, storage: Storage): Promise<void> {
  // Asked first: the browser offers to install once, soon after the page has loaded.
  const installation = watchInstallation(window)
  const page = watchPageLife(window)
  const tab = idOf<TabId>(randomBytes(shortIdBytes))
  const { origin } = location
  const { database, notices, catalogue, copies, syncStore, store } = storage

  const identity = await openIdentity(database)
  const { person } = identity
  const { ticket, api, post } = openRelay(identity, origin)

  const replicas = {
    ...{ person, tab, store, notices, random: randomBytes, after, onTrouble: tellTrouble },
    ...{ writeCopy: writeRecoveryCopy, claimEarlier: null }
  }
  const statuses = createStatusSource({ notices, store: syncStore, after, onFailure: tellTrouble })
  const library = await openLibrary({ ...replicas, catalogue, now })
  const profile = watchProfile(library, person)
  const persistence = createPersistence(navigator.storage, tellTrouble)
  const list = createLibraryList({ library, catalogue, notices, after, onTrouble: tellTrouble })

  const registration = registerWorker({
    container: navigator.serviceWorker,
    flush: () => documents.flush(),
    reload: () => location.reload(),
    onFailure: tellTrouble
  })
  startHousekeeping({
    ...{ tab, page, storage, callWorker: registration.call, lookForRelease: registration.look },
    documents: () => documents
  })
  const sync = startSync({
    ...{ person, tab, catalogue, notices, page, ticket, release, origin },
    store: syncStore,
    callWorker: registration.call,
    onFailure: tellTrouble
  })
  const send = createMemorySending(post, library.replica)
  const status = { statuses, after, send, storeFailure: storage.failure }
  const documents = createOpenDocuments(
    {
      ...{ ...replicas, ...status, catalogue, copies, library, profile },
      ...{ onEdited: persistence.ask, isFromCopy: storage.isFromCopy }
    },
    sync
  )
  startProjection({ ...replicas, catalogue, now, leads: sync.leads })
  const safety = await createSafety({ storage, library, items: list.items, documents, status })

  const meridian: Meridian = {
    safety,
    library: list,
    sharing: createSharing({
      ...{ api, library, profile, origin },
      introduce: createIntroduction(post, catalogue)
    }),
    identity: createIdentity({
      ...{ identity, api, database, library, notices, profile },
      flush: documents.flush
    }),
    connection: statuses.connection,
    installation,
    release: registration,
    persistent: persistence.persistent,
    open: (document) => userFacing(() => documents.open(document))
  }
  startShell(element, meridian)
}

/** The ways to the relay by HTTP, under this device's ticket. */
function openRelay(identity: DeviceIdentity, origin: string) {
  const fetch: typeof window.fetch = (input, init) => window.fetch(input, init)
  const ticket = createTickets({ identity, fetch, origin, now })
  return { ticket, api: createApi({ fetch, origin, ticket }), post: createPost(ticket, origin) }
}

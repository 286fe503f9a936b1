// When the storage does not open at the start: what can be had without it, and the start once it does.
import { showRescuePage, type Rescued } from '../shell/rescue-page'
import { attempt } from '../store/failure'
import { StoreFailure, type StoreFailureReason } from '../store/ports'
import { loadRecoveryCopy, recoveryCopies } from '../store/recovery-copy'
import { titleOf } from '../store/title'
import { contentDoc, hasContent } from '../store/transplant'
import { after, tellTrouble } from './device'
import { saveContent } from './exporting'
import type { Storage } from './storage'

/** Between two looks whether the storage opens again, ms. */
const lookEveryMs = 2_000

/** Why there is no list; the page itself says what comes next. */
const failureWords: Record<StoreFailureReason, string> = {
  quota: 'There is no room left on this device. Free some space.',
  closed: 'The browser closed its storage.',
  blocked:
    'Another tab with an older release holds the storage. Close the other Meridian tabs, and this one goes on.',
  damaged: 'The browser’s storage is damaged.',
  emptied: 'The browser has deleted what Meridian had stored here.',
  unavailable:
    'This browser lets Meridian store nothing here: the window may be private, or the site’s settings may forbid it.'
}

/** An empty list would look like lost work: shows why there is none, and what the copies hold. */
export async function rescue(mount: HTMLElement, storage: Storage, cause: unknown): Promise<void> {
  tellTrouble(cause)
  const failed = cause instanceof StoreFailure
  const sentence = failed
    ? failureWords[cause.reason]
    : 'Something of ours went wrong while it started.'
  const show = (rescued: readonly Rescued[]): void => showRescuePage(mount, sentence, rescued)
  show([])
  if (failed) startAgain(storage)
  show(await readCopies())
}

function startAgain(storage: Storage): void {
  const { database } = storage
  after(lookEveryMs, () => {
    attempt(database, () => database.keys.count()).then(
      () => location.reload(),
      () => startAgain(storage)
    )
  })
}

async function readCopies(): Promise<Rescued[]> {
  const rescued: Rescued[] = []
  for (const document of await recoveryCopies()) {
    const copy = await loadRecoveryCopy(document).catch(() => null)
    const content = contentDoc(copy === null ? [] : [copy])
    if (!hasContent(content)) continue
    rescued.push({ title: titleOf(content), export: (form) => saveContent(content, form) })
  }
  return rescued
}

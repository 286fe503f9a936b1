// A long log becomes a checkpoint by itself, and is the same document before, meanwhile and after.
import { setTimeout as pause } from 'node:timers/promises'
import type { Push } from '../../protocol/messages'
import { checkAll, holdsCheckpoint } from './content'
import { foldUpdates, lookEveryMs, updatesPerCall } from './limits'
import { acknowledged, pullAllOverHttp } from './talking'
import type { Place, Visit } from './visit'
import { startWriting, type Writing } from './writing'

export async function lookAtFolding(visit: Visit): Promise<void> {
  const { report, options } = visit
  const place = await report.need('a document for a long log can be made', () => visit.newPlace())
  const writing = startWriting(place.content, place.owner)
  const pushes = await report.need(`${foldUpdates} pushes over HTTP are acknowledged`, () =>
    pushMany(place, writing)
  )
  const folded = await report.check('a long log is one document all the time', async (add) => {
    const startedAt = performance.now()
    for (;;) {
      const { entries } = await pullAllOverHttp(place.owner, place.content)
      checkAll(entries, pushes, writing.text())
      const ms = performance.now() - startedAt
      if (holdsCheckpoint(entries)) {
        add(`folded after ${Math.round(ms)} ms`)
        return true
      }
      if (ms > options.regionLimitMs) return false
      await pause(lookEveryMs)
    }
  })
  if (folded !== false) return
  report.note(
    `a log of ${foldUpdates} entries was not folded within ${options.regionLimitMs / 1_000} s: on AWS, look at ` +
      'the function "sync"; documents will open slowly'
  )
}

async function pushMany({ owner }: Place, writing: Writing): Promise<readonly Push[]> {
  const pushes = Array.from({ length: foldUpdates }, (_, at) => writing.push(`${at + 1} `))
  for (let at = 0; at < pushes.length; at += updatesPerCall) {
    const some = pushes.slice(at, at + updatesPerCall)
    const answers = await owner.bulk(...some)
    some.forEach((_, index) => acknowledged(answers[index]))
  }
  return pushes
}

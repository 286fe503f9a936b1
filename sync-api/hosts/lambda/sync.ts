// The function that has time: folds, takes out what every region holds folded, and answers what reads a whole log.
import { foldChannel } from '../../core/compaction'
import { handlerOf, type Handler } from './entry'
import { hear } from './hearing'
import { openRegion, type Region } from './region'
import type { Settings } from './settings'
import type { Surroundings } from './surroundings'
import { tellAll } from './telling'
import { workOf, type Work } from '../../adapters/aws/work'

async function makeSync(
  settings: Settings,
  surroundings: Surroundings
): Promise<Handler<unknown, void>> {
  const region = await openRegion(settings, surroundings)
  return async (event) => {
    try {
      await work(region, workOf(event))
    } finally {
      await region.rest()
    }
  }
}

async function work(region: Region, given: Work): Promise<void> {
  switch (given.kind) {
    case 'fold':
      return foldChannel(region, given.ref, () => false)
    case 'tend':
      return region.log.tend(given.ref)
    case 'answer':
      return answer(region, given)
  }
}

async function answer(
  region: Region,
  { greeted, frame }: Extract<Work, { kind: 'answer' }>
): Promise<void> {
  const { id: connection, person, expiresAt } = greeted
  const claims = { person, expiresAt }
  const heard = { connection, claims, frame, at: region.now(), mayHandOver: false }
  await tellAll(region, connection, await hear(region, heard))
}

export const createSync = (surroundings: Surroundings): Handler<unknown, void> =>
  handlerOf(makeSync, surroundings)

export const handler = handlerOf(makeSync)

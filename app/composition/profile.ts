// How this person appears to others: what they chose on any device, or a name to begin with.
import { signal, type ReadonlySignal } from '@preact/signals-core'
import { fromBase64Url, type PersonId } from '../../sync-api/protocol/ids'
import type { LibraryReplica } from '../replica/library'
import { colourOf } from '../shell/face'
import type { Profile } from '../shell/meridian'

const adjectives = [
  'Amber', 'Brisk', 'Calm', 'Clever', 'Copper', 'Early', 'Gentle', 'Golden',
  'Keen', 'Lively', 'Mellow', 'Noble', 'Quiet', 'Silver', 'Sunny', 'Swift'
] // prettier-ignore
const animals = [
  'Badger', 'Crane', 'Falcon', 'Finch', 'Fox', 'Hare', 'Heron', 'Ibex',
  'Lynx', 'Marten', 'Otter', 'Owl', 'Robin', 'Seal', 'Stork', 'Wren'
] // prettier-ignore

/** The name and colour of somebody who has not chosen any: the same on every device of theirs. */
export function firstProfile(person: PersonId): Profile {
  const [one = 0, other = 0] = fromBase64Url(person)
  const name = `${adjectives[one % adjectives.length]} ${animals[other % animals.length]}`
  return { name, color: colourOf(person) }
}

/** Follows the library for as long as the page lives. */
export function watchProfile(library: LibraryReplica, person: PersonId): ReadonlySignal<Profile> {
  const profile = signal(firstProfile(person))
  library.watchProfile((chosen) => {
    profile.value = chosen ?? firstProfile(person)
  })
  return profile
}

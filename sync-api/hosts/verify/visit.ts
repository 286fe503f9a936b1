// One visit to a deployment: the strangers it brings along, the documents they make, what they leave.
import { createHash, randomBytes } from 'node:crypto'
import { setTimeout as pause } from 'node:timers/promises'
import { paths } from '../../protocol/http'
import { documentIdOf, toBase64Url } from '../../protocol/ids'
import type { ChannelRef, DocumentId, LinkId } from '../../protocol/ids'
import { secretBytes } from '../../protocol/limits'
import type { LinkRole } from '../../protocol/roles'
import { lookEveryMs } from './limits'
import type { DeploymentOptions } from './options'
import { createPerson, expectStatus, saidBy, type Person } from './person'
import { Wrong, type Report } from './report'
import { beginning } from './talking'
import { createTarget, type Target } from './target'
import { newId } from './writing'

export type Guest = { readonly person: Person; readonly link: LinkId }

export type Place = {
  readonly owner: Person
  readonly document: DocumentId
  readonly content: ChannelRef
  /** A new person let in by a new link. */
  invite(role: LinkRole): Promise<Guest>
  withdraw(link: LinkId): Promise<void>
}

export type Visit = {
  readonly target: Target
  readonly report: Report
  readonly options: DeploymentOptions
  newPerson(): Promise<Person>
  /** A document that `owner` may make: its id and the nonce that proves it. */
  newDocument(owner: Person): { readonly document: DocumentId; readonly nonce: string }
  /** A document that was made. */
  placeOf(owner: Person, document: DocumentId): Place
  /** A new document of a new person, made over HTTP. */
  newPlace(): Promise<Place>
  /** Withdraws what links still stand; answers what stays behind, as a sentence. */
  leave(): Promise<string>
}

export function startVisit(options: DeploymentOptions, report: Report): Visit {
  const target = createTarget(options.origin, options.limitMs)
  const links = new Map<LinkId, Place>()
  let people = 0
  let documents = 0

  async function newPerson(): Promise<Person> {
    people += 1
    return createPerson(target)
  }

  function placeOf(owner: Person, document: DocumentId): Place {
    documents += 1
    const place: Place = {
      owner,
      document,
      content: { document, channel: 'content' },
      async invite(role) {
        const link = newId<LinkId>()
        const secret = randomBytes(secretBytes)
        const hash = toBase64Url(createHash('sha256').update(secret).digest())
        const made = await owner.call('POST', paths.links(document), { link, role, hash })
        expectStatus(made, 204)
        links.set(link, place)
        const person = await newPerson()
        await claim(person, document, link, toBase64Url(secret), target.limitMs)
        return { person, link }
      },
      async withdraw(link) {
        expectStatus(await owner.call('DELETE', paths.link(document, link)), 204)
        links.delete(link)
      }
    }
    return place
  }

  const newDocument: Visit['newDocument'] = (owner) => {
    const nonce = toBase64Url(randomBytes(16))
    return { document: documentIdOf(owner.id, nonce), nonce }
  }

  return {
    target,
    report,
    options,
    newPerson,
    newDocument,
    placeOf,
    async newPlace() {
      const owner = await newPerson()
      const { document, nonce } = newDocument(owner)
      const item = { document, channel: 'content', cursor: beginning, nonce } as const
      const [answer] = await owner.bulk({ type: 'subscribe', items: [item] })
      const role = answer?.type === 'subscribed' ? answer.items[0]?.role : null
      if (role !== 'owner') throw new Wrong('a subscribe with its nonce made no document')
      return placeOf(owner, document)
    },
    async leave() {
      if (people === 0) return 'Nothing is left behind.'
      let kept = 0
      for (const [link, place] of links) {
        await place.withdraw(link).catch(() => (kept += 1))
      }
      const standing = kept === 0 ? 'No link stands.' : `${kept} links could not be withdrawn.`
      return (
        `Left behind: ${documents} documents of ${people} people made for this, whose keys are forgotten now: ` +
        `nobody can open them. ${standing}`
      )
    }
  }
}

/** Opens a link as the app does. It may have been made a moment ago elsewhere, so a while is given it. */
async function claim(
  person: Person,
  document: DocumentId,
  link: LinkId,
  secret: string,
  limitMs: number
): Promise<void> {
  await until(limitMs, async () => {
    const body = { link, secret, name: 'Verify' }
    const answer = await person.call('POST', paths.claims(document), body)
    if (answer.status === 200) return true
    return `a link just made was answered ${saidBy(answer)}`
  })
}

/** Looks again and again until it holds, once where `limitMs` is 0; throws Wrong with what was last said of it. Answers the time it took, ms. */
export async function until(limitMs: number, look: () => Promise<true | string>): Promise<number> {
  const startedAt = performance.now()
  for (;;) {
    const found = await look()
    const ms = performance.now() - startedAt
    if (found === true) return ms
    if (limitMs === 0) throw new Wrong(found)
    if (ms > limitMs) throw new Wrong(`${found}, also after ${limitMs / 1_000} s`)
    await pause(lookEveryMs)
  }
}

// Who may do what in a document, as its people change it. Each call throws Refusal when not allowed.
import type { DocumentId, LinkId, PersonId } from '../protocol/ids'
import { roleOf, withEntry, type Rights } from '../protocol/rights'
import { isHash, isName } from '../protocol/rights'
import { linkRoles, type LinkRole, type Role } from '../protocol/roles'
import type { Access, RightsChange } from './access'
import { linksPerDocumentMax } from './limits'
import { hashOfSecret } from './people'
import { Refusal } from './refusal'

export type SharingDesk = {
  rights(by: PersonId, document: DocumentId): Promise<Rights>
  makeLink(
    by: PersonId,
    document: DocumentId,
    link: LinkId,
    role: LinkRole,
    hash: string
  ): Promise<void>
  withdrawLink(by: PersonId, document: DocumentId, link: LinkId): Promise<void>
  claim(
    by: PersonId,
    document: DocumentId,
    link: LinkId,
    secret: string,
    name: string
  ): Promise<Role>
  /** Gives a person exactly this role; what links gave them before no longer counts. */
  grant(
    by: PersonId,
    document: DocumentId,
    person: PersonId,
    role: Role,
    name: string
  ): Promise<void>
  withdraw(by: PersonId, document: DocumentId, person: PersonId): Promise<void>
}

export function createSharing(access: Access): SharingDesk {
  /** A change that only the owner may make. */
  async function changeAsOwner(
    by: PersonId,
    document: DocumentId,
    decide: (rights: Rights) => readonly RightsChange[]
  ): Promise<void> {
    await access.change(document, by, (before) => {
      mustOwn(before, by)
      return decide(before)
    })
  }

  return {
    async rights(by, document) {
      const rights = await access.rights(document)
      mustOwn(rights, by)
      return rights
    },

    makeLink: (by, document, link, role, hash) =>
      changeAsOwner(by, document, (before) => {
        if (!linkRoles.includes(role) || !isHash(hash)) throw new Refusal('bad-request')
        const known = before.links.get(link)
        // The same request again: its answer was lost on the way.
        if (known?.hash === hash && known.role === role && !known.withdrawn) return []
        if (known !== undefined) throw new Refusal('bad-request')
        if (standingLinks(before) >= linksPerDocumentMax) throw new Refusal('over-limit')
        return [{ kind: 'link-made', link, role, hash }]
      }),

    withdrawLink: (by, document, link) =>
      changeAsOwner(by, document, (before) => {
        const known = before.links.get(link)
        if (known === undefined) throw new Refusal('not-found')
        return known.withdrawn ? [] : [{ kind: 'link-withdrawn', link }]
      }),

    async claim(by, document, link, secret, name) {
      if (!isName(name)) throw new Refusal('bad-request')
      const after = await access.change(document, by, (before) => {
        const known = before.links.get(link)
        const fits = known !== undefined && !known.withdrawn && hashOfSecret(secret) === known.hash
        if (!fits) throw new Refusal('link-invalid')
        if (before.owner === by || holds(before, by, link, name)) return []
        return [{ kind: 'granted', person: by, role: known.role, link, name }]
      })
      const role = roleOf(after, by)
      if (role === null) throw new Refusal('link-invalid')
      return role
    },

    grant: (by, document, person, role, name) =>
      changeAsOwner(by, document, (before) => {
        // A document has one owner, named by its id.
        if (role === 'owner' || person === before.owner) throw new Refusal('bad-request')
        if (!isName(name)) throw new Refusal('bad-request')
        const granted: RightsChange = { kind: 'granted', person, role, link: null, name }
        const after = withEntry(before, { ...granted, at: 0, by })
        if (roleOf(after, person) === role) return [granted]
        return [{ kind: 'withdrawn', person }, granted]
      }),

    withdraw: (by, document, person) =>
      changeAsOwner(by, document, (before) => {
        if (person === before.owner) throw new Refusal('bad-request')
        return before.grants.has(person) ? [{ kind: 'withdrawn', person }] : []
      })
  }
}

function mustOwn(rights: Rights, person: PersonId): void {
  const role = roleOf(rights, person)
  // Without any right the document's existence is not told.
  if (role === null) throw new Refusal('not-found')
  if (role !== 'owner') throw new Refusal('not-allowed')
}

function standingLinks(rights: Rights): number {
  let count = 0
  for (const { withdrawn } of rights.links.values()) if (!withdrawn) count += 1
  return count
}

function holds(rights: Rights, person: PersonId, link: LinkId, name: string): boolean {
  const grants = rights.grants.get(person) ?? []
  return grants.some((grant) => grant.link === link && grant.name === name)
}

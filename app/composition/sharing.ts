// Sharing as the screens see it: links made on this device, doors opened, and sentences for failures.
import * as sha256 from 'lib0/hash/sha256'
import {
  idOf,
  shortIdBytes,
  toBase64Url,
  type DocumentId,
  type LinkId
} from '../../sync-api/protocol/ids'
import { secretBytes } from '../../sync-api/protocol/limits'
import type { ReadonlySignal } from '@preact/signals-core'
import type { Api } from '../identity/api'
import { ApiFailure } from '../identity/failure'
import type { LibraryReplica } from '../replica/library'
import type { Profile, Sharing } from '../shell/meridian'
import { pathOf } from '../shell/route'
import { randomBytes } from './device'
import { userFacing } from './failures'

export type SharingParts = {
  readonly api: Api
  readonly library: LibraryReplica
  readonly profile: ReadonlySignal<Profile>
  readonly origin: string
  /** Tells the relay of a document that was made here; rejects when it cannot be asked. */
  readonly introduce: (document: DocumentId) => Promise<void>
}

export function createSharing(parts: SharingParts): Sharing {
  const { api, library, profile, origin } = parts

  // The relay may not have heard of a document made a moment ago.
  async function known<T>(document: DocumentId, work: () => Promise<T>): Promise<T> {
    try {
      return await work()
    } catch (cause) {
      if (!(cause instanceof ApiFailure) || cause.code !== 'not-found') throw cause
      await parts.introduce(document).catch(() => {
        throw cause
      })
      return work()
    }
  }

  return {
    makeLink: (document, role) =>
      userFacing(async () => {
        const link = idOf<LinkId>(randomBytes(shortIdBytes))
        const secret = randomBytes(secretBytes)
        // The relay learns only the hash: who can read its disk cannot open the door.
        const hash = toBase64Url(sha256.digest(secret))
        await known(document, () => api.makeLink(document, { link, role, hash }))
        // In the fragment, which no browser sends to any server.
        const key = `#k=${link}.${toBase64Url(secret)}`
        return origin + pathOf({ kind: 'document', document, key: null }) + key
      }),
    withdrawLink: (document, link) => userFacing(() => api.withdrawLink(document, link)),
    claim: (document: DocumentId, link, secret) =>
      userFacing(async () => {
        const { role } = await api.claim(document, { link, secret, name: profile.peek().name })
        await library.add(document, role)
        return role
      }),
    rights: (document) => userFacing(() => known(document, () => api.rights(document))),
    grant: (document, person, role, name) =>
      userFacing(() => api.grant(document, person, { role, name })),
    withdraw: (document, person) => userFacing(() => api.withdraw(document, person))
  }
}

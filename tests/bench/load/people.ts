// The people of a run: key pairs made once, so that every server knows the same ones.
import { webcrypto } from 'node:crypto'
import {
  documentIdOf,
  idOf,
  personIdOf,
  shortIdBytes,
  type PersonId
} from '../../../sync-api/protocol/ids'
import type { BenchDocument } from './dialect'

export type Person = { readonly id: PersonId; readonly keys: webcrypto.CryptoKeyPair }

const people: Person[] = []

/** The first `count` people of this run. */
export async function somePeople(count: number): Promise<readonly Person[]> {
  while (people.length < count) people.push(await makePerson())
  return people.slice(0, count)
}

async function makePerson(): Promise<Person> {
  const { subtle } = webcrypto
  const keys = await subtle.generateKey({ name: 'ECDSA', namedCurve: 'P-256' }, true, ['sign'])
  const spki = new Uint8Array(await subtle.exportKey('spki', keys.publicKey))
  return { id: personIdOf(spki), keys }
}

export function makeDocument(owner: Person): BenchDocument {
  const nonce = randomId<string>()
  return { id: documentIdOf(owner.id, nonce), owner, nonce }
}

/** 8 random bytes as the protocol writes them. */
export function randomId<T extends string>(): T {
  return idOf(webcrypto.getRandomValues(new Uint8Array(shortIdBytes))) as string as T
}

// Coming back as a person: with the recovery key on paper, or a code from another device.
import { toBase64Url, type PersonId } from '../../sync-api/protocol/ids'
import { secretBytes } from '../../sync-api/protocol/limits'
import { adopt, type AdoptOptions } from './adopt'
import type { Api } from './api'
import { hashOf, makeKeys, type MadeKeys } from './keys'
import { readRecoveryKey, writeRecoveryKey, type ReadKey } from './recovery-key'

export type ReturnOptions = Pick<AdoptOptions, 'database' | 'random' | 'now'> & {
  readonly api: Pick<Api, 'setRecovery' | 'recover' | 'join'>
  /** How this device is called in the list of devices. */
  readonly deviceName: string
}

/** What was typed is not a recovery key; `message` says where to look. */
export class KeyMistake extends Error {
  constructor(readonly mistake: Exclude<ReadKey, { kind: 'secret' }>) {
    super(wordsFor(mistake))
    this.name = 'KeyMistake'
  }
}

/** Makes a recovery key, has its hash registered, and answers it to be shown once. */
export async function makeRecoveryKey({
  api,
  random
}: Pick<ReturnOptions, 'api' | 'random'>): Promise<string> {
  const secret = random(secretBytes)
  await api.setRecovery({ hash: hashOf(secret) })
  return writeRecoveryKey(secret)
}

/**
 * Becomes the person of a recovery key. Tell `identity` afterwards. Throws KeyMistake or ApiFailure,
 * and then nothing has changed. Answers how many documents were carried over.
 */
export async function recover(options: ReturnOptions, key: string): Promise<number> {
  const read = readRecoveryKey(key)
  if (read.kind !== 'secret') throw new KeyMistake(read)
  const secret = toBase64Url(read.secret)
  return become(options, ({ publicKey }) =>
    options.api.recover({ secret, key: publicKey, name: options.deviceName })
  )
}

/** Becomes the person whose other device showed `code`; otherwise as `recover`. */
export async function join(options: ReturnOptions, code: string): Promise<number> {
  return become(options, ({ publicKey }) =>
    options.api.join({ code: code.trim(), key: publicKey, name: options.deviceName })
  )
}

// A key of its own for every person: what this one speaks for is decided once, by the relay.
async function become(
  options: ReturnOptions,
  ask: (made: MadeKeys) => Promise<{ person: PersonId }>
): Promise<number> {
  const made = await makeKeys()
  const { person } = await ask(made)
  return adopt({ ...options, person, made })
}

function wordsFor(mistake: Exclude<ReadKey, { kind: 'secret' }>): string {
  switch (mistake.kind) {
    case 'length':
      return `A recovery key has ${mistake.expected} letters and digits; these are ${mistake.length}.`
    case 'symbol':
      return `“${mistake.symbol}” does not occur in recovery keys. Check that letter.`
    case 'mistyped':
      return 'Something is mistyped: one or two letters are wrong or have changed places.'
  }
}

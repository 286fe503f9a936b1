// What can be wrong, as a closed list of codes: each is expected, and each has a sentence to act on.

export const errorCodes = {
  'bad-frame': 'The message could not be read. Reload to take the newest release.',
  'too-large': 'This is larger than one update may be. Split it and try again.',
  'over-limit': 'Too many at once. Try again more slowly.',
  'bad-request': 'The request was not understood. Reload to take the newest release.',
  'ticket-invalid': 'This device is not recognised. Open Meridian again to sign in.',
  'ticket-expired': 'The ticket has run out. Get a new one and try again.',
  'origin-not-allowed':
    'This page may not talk to the relay. Open Meridian at its own address, or name this one with --origin.',
  'not-found': 'There is no such document, or you have no access to it.',
  'not-allowed': 'Your role in this document does not allow that.',
  'link-invalid': 'This link has been withdrawn or was never valid. Ask for a new one.',
  'code-invalid': 'This code is wrong or has run out. Make a new one on your other device.',
  'recovery-invalid': 'This recovery key is not known here. Check it letter by letter.',
  'storage-failed': 'The relay cannot store at the moment. Your work stays on this device.',
  'version-unsupported': 'This release is too old for the relay. Reload to take the newest one.'
} as const

export type ErrorCode = keyof typeof errorCodes

/** Why a push was turned down for good; the rows move to a recovered copy. */
export const refusalReasons = ['not-allowed', 'not-found', 'invalid', 'too-large', 'epoch'] as const
export type RefusalReason = (typeof refusalReasons)[number]

/** Bytes or a request that do not follow the protocol: costs only its own connection or call. */
export class ProtocolError extends Error {
  constructor(
    readonly code: ErrorCode,
    detail: string
  ) {
    super(`${code}: ${detail}`)
    this.name = 'ProtocolError'
  }
}

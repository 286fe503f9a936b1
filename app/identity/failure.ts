// What can go wrong with a call to the relay, as a sentence a person can act on.
import { errorCodes, type ErrorCode } from '../../sync-api/protocol/errors'

/** `offline`: no answer came, or not one of the relay's; trying again later helps. */
export type ApiFailureCode = ErrorCode | 'offline'

/** An expected failure of a call; `message` is for the screen. */
export class ApiFailure extends Error {
  constructor(
    readonly code: ApiFailureCode,
    message: string = code === 'offline' ? offlineWords : errorCodes[code],
    cause?: unknown
  ) {
    super(message, { cause })
    this.name = 'ApiFailure'
  }
}

const offlineWords = 'The relay cannot be reached. Check the network and try again.'

/** The failure an answer outside 2xx stands for. `body` is whatever came with it. */
export function failureOf(body: unknown): ApiFailure {
  if (typeof body !== 'object' || body === null) return new ApiFailure('offline')
  const { error, message } = body as { error?: unknown; message?: unknown }
  if (!isErrorCode(error)) return new ApiFailure('offline')
  return new ApiFailure(error, typeof message === 'string' ? message : errorCodes[error])
}

function isErrorCode(value: unknown): value is ErrorCode {
  return typeof value === 'string' && Object.hasOwn(errorCodes, value)
}

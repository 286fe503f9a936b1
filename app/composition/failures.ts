// Expected failures become sentences on screen; everything else is a fault of ours and stays one.
import { ApiFailure } from '../identity/failure'
import { KeyMistake } from '../identity/return'
import { NotOnDevice } from '../replica/library'
import { UserFacingError } from '../shell/meridian'
import { StoreFailure } from '../store/ports'
import { storeFailureWords } from '../sync/status'

/** What `work` answers; its expected failures as UserFacingError. */
export async function userFacing<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (cause) {
    throw sentenceFor(cause)
  }
}

function sentenceFor(cause: unknown): unknown {
  if (cause instanceof ApiFailure || cause instanceof KeyMistake || cause instanceof NotOnDevice) {
    return new UserFacingError(cause.message, { cause })
  }
  if (cause instanceof StoreFailure) {
    return new UserFacingError(storeFailureWords[cause.reason], { cause })
  }
  return cause
}

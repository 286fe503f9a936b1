// An expected failure of a call about rights or people.
import type { ErrorCode } from '../protocol/errors'

/** The host answers it with a status and the code's sentence. */
export class Refusal extends Error {
  constructor(readonly code: ErrorCode) {
    super(code)
    this.name = 'Refusal'
  }
}

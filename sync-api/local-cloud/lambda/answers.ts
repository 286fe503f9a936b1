// What the Lambda service answers a caller, as its API words it.
import type { Outcome } from './environment'
import { syncPayloadBytesMax } from './limits'

export type InvokeAnswer = {
  readonly status: number
  readonly requestId: string
  /** What X-Amz-Function-Error says: the handler failed, although the status is 200. */
  readonly functionError: 'Unhandled' | null
  /** What x-amzn-ErrorType says: the service refused. */
  readonly errorType: string | null
  /** JSON. */
  readonly payload: string
}

/** A refusal of the service itself: no handler ran. */
export function refuse(
  requestId: string,
  status: number,
  errorType: string,
  message: string,
  more: Readonly<Record<string, string>> = {}
): InvokeAnswer {
  const payload = JSON.stringify({ Type: 'User', Message: message, message, ...more })
  return { status, requestId, functionError: null, errorType, payload }
}

export function refuseBusy(requestId: string): InvokeAnswer {
  return refuse(requestId, 429, 'TooManyRequestsException', 'Rate Exceeded.', {
    Reason: 'ReservedFunctionConcurrentInvocationLimitExceeded'
  })
}

export function refuseSize(requestId: string, bytesMax: number): InvokeAnswer {
  const message = `Request must be smaller than ${bytesMax} bytes for the InvokeFunction operation`
  return refuse(requestId, 413, 'RequestTooLargeException', message)
}

/** An event was taken over; its handler runs later. */
export function accepted(requestId: string): InvokeAnswer {
  return { status: 202, requestId, functionError: null, errorType: null, payload: '' }
}

/** The handler failed, or its environment did. */
export function failed(requestId: string, errorType: string, errorMessage: string): InvokeAnswer {
  const payload = JSON.stringify({ errorType, errorMessage, trace: [] })
  return { status: 200, requestId, functionError: 'Unhandled', errorType: null, payload }
}

export function answerOf(requestId: string, outcome: Outcome, timeoutMs: number): InvokeAnswer {
  switch (outcome.kind) {
    case 'returned':
      if (Buffer.byteLength(outcome.result) > syncPayloadBytesMax) {
        const message = `Response payload size exceeded maximum allowed payload size (${syncPayloadBytesMax} bytes).`
        return failed(requestId, 'Function.ResponseSizeTooLarge', message)
      }
      return {
        ...{ status: 200, requestId, functionError: null, errorType: null },
        payload: outcome.result
      }
    case 'threw':
      return failed(requestId, outcome.name, outcome.message)
    case 'timed-out': {
      const seconds = (timeoutMs / 1000).toFixed(2)
      const message = `RequestId: ${requestId} Error: Task timed out after ${seconds} seconds`
      return failed(requestId, 'Sandbox.Timedout', message)
    }
    case 'died': {
      const message = `RequestId: ${requestId} Error: Runtime exited with error: signal: killed`
      return failed(requestId, 'Runtime.ExitError', message)
    }
  }
}

// Failures as answers: a code, its sentence, and the status that fits.
import type { Context } from 'hono'
import { routePath } from 'hono/route'
import type { ContentfulStatusCode } from 'hono/utils/http-status'
import { errorCodes, ProtocolError, type ErrorCode } from '../protocol/errors'
import type { ErrorAnswer } from '../protocol/http'
import { bulkBytesMax } from '../protocol/limits'
import { Refusal } from '../core/refusal'
import type { ApiEnv, ApiLog } from './env'

const statuses: Record<ErrorCode, ContentfulStatusCode> = {
  'bad-frame': 400,
  'bad-request': 400,
  'ticket-invalid': 401,
  'ticket-expired': 401,
  'origin-not-allowed': 403,
  'not-allowed': 403,
  'link-invalid': 403,
  'code-invalid': 403,
  'recovery-invalid': 403,
  'not-found': 404,
  'too-large': 413,
  'version-unsupported': 426,
  'over-limit': 429,
  'storage-failed': 503
}

/** Bytes read of a body that will not be used, at most: twice what any call takes. */
const discardBytesMax = 2 * bulkBytesMax

/** The answer to whatever a route threw: expected failures by their code, anything else as 500. */
export async function answerFailure(
  context: Context<ApiEnv>,
  failure: Error,
  log: ApiLog
): Promise<Response> {
  // A client that is still sending when its connection ends never reads the answer.
  if (!(await discardBody(context.req.raw))) context.header('Connection', 'close')
  const code = codeOf(failure)
  if (code !== null) return answer(context, code, statuses[code])
  log.failed({ method: context.req.method, route: routePath(context, -1), failure })
  return answer(context, 'storage-failed', 500)
}

/** The code of an expected failure; null for everything that should not have happened. */
export function codeOf(failure: unknown): ErrorCode | null {
  if (failure instanceof Refusal || failure instanceof ProtocolError) return failure.code
  return null
}

function answer(
  context: Context<ApiEnv>,
  error: ErrorCode,
  status: ContentfulStatusCode
): Response {
  const body: ErrorAnswer = { error, message: errorCodes[error] }
  if (status === 401) context.header('WWW-Authenticate', 'Bearer')
  return context.json(body, status)
}

/** Reads what is left of a request's body; false when it is more than is worth reading. */
async function discardBody(request: Request): Promise<boolean> {
  // Asked in this order: what was read to its end has no stream to look at any more.
  if (request.bodyUsed || request.body === null) return true
  const { body } = request
  if (body.locked) return false
  let bytes = 0
  try {
    for await (const chunk of body) {
      bytes += chunk.length
      if (bytes > discardBytesMax) return false
    }
  } catch {
    // The client went away while sending: there is nobody to answer, and nothing left to read.
    return false
  }
  return true
}

// One HTTP call with JSON both ways; every expected end is an answer or an ApiFailure.
import { ApiFailure, failureOf } from './failure'

/** How long an answer may take, ms: the relay answers these calls in milliseconds. */
const patienceMs = 20_000

export type Fetch = (input: string, init: RequestInit) => Promise<Response>

export type Call = {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE'
  readonly path: string
  readonly body?: unknown
  readonly ticket?: string
}

/** The answer's JSON, or null when it has none. Throws ApiFailure. */
export async function call(fetch: Fetch, origin: string, request: Call): Promise<unknown> {
  let answer: Response
  try {
    answer = await fetch(origin + request.path, initOf(request))
  } catch (cause) {
    throw new ApiFailure('offline', undefined, cause)
  }
  const body = await bodyOf(answer)
  if (answer.ok) return body
  throw failureOf(body)
}

function initOf({ method, body, ticket }: Call): RequestInit {
  const headers = new Headers()
  if (ticket !== undefined) headers.set('authorization', `Bearer ${ticket}`)
  if (body !== undefined) headers.set('content-type', 'application/json')
  return {
    method,
    headers,
    // Not through the browser's cache at all: it lets a call wait for another's answer.
    cache: 'no-store',
    signal: AbortSignal.timeout(patienceMs),
    ...(body === undefined ? {} : { body: JSON.stringify(body) })
  }
}

// A proxy in between may answer with a page of its own: then it is not the relay that spoke.
async function bodyOf(answer: Response): Promise<unknown> {
  const isJson = answer.headers.get('content-type')?.includes('json') === true
  if (!isJson) return null
  try {
    return await answer.json()
  } catch (cause) {
    throw new ApiFailure('offline', undefined, cause)
  }
}

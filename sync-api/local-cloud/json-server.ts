// An AWS service as its SDK clients reach it: POST with the operation in X-Amz-Target and a body of JSON.
import { randomUUID } from 'node:crypto'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { once } from 'node:events'
import { createFaultSwitch, type FaultSwitch } from './faults'
import { pass, type LocalTime } from './time'

export type JsonObject = Readonly<Record<string, unknown>>

export type JsonAnswer = { readonly status: number; readonly body: JsonObject }

export type JsonServerParts = {
  readonly region: string
  /** As credentials are scoped to it: a client of another region or service is refused. */
  readonly service: string
  /** Before the operation in X-Amz-Target. */
  readonly target: string
  /** What a throttled caller is told. */
  readonly throttled: string
  readonly bodyBytesMax: number
  readonly time: LocalTime
  readonly handle: (operation: string, body: JsonObject) => Promise<JsonAnswer>
}

export type JsonServer = {
  readonly endpoint: string
  readonly faults: FaultSwitch
  stop(): Promise<void>
}

/** A failure as the SDK clients read it. */
export function failed(status: number, type: string, message: string, more: JsonObject = {}) {
  return { status, body: { __type: type, message, ...more } } satisfies JsonAnswer
}

export async function startJsonServer(parts: JsonServerParts): Promise<JsonServer> {
  const faults = createFaultSwitch()
  const server = createServer((request, response) => {
    answer(parts, faults, request, response).catch((cause: unknown) => {
      // Whoever waits for this answer sees what a network shows: an end.
      response.destroy(cause instanceof Error ? cause : new Error(String(cause)))
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('No port was given')
  return {
    endpoint: `http://127.0.0.1:${address.port}`,
    faults,
    async stop() {
      faults.set({ kind: 'none' })
      server.close()
      server.closeAllConnections()
      await once(server, 'close')
    }
  }
}

async function answer(
  parts: JsonServerParts,
  faults: FaultSwitch,
  request: IncomingMessage,
  response: ServerResponse
): Promise<void> {
  const body = await readBody(request, parts.bodyBytesMax)
  const fault = faults.current()
  if (fault.kind === 'refuse') return void response.destroy()
  if (fault.kind === 'hang') await faults.hang()
  if (fault.kind === 'slow') await pass(parts.time, fault.ms)
  if (fault.kind === 'throttle') {
    return send(response, failed(400, parts.throttled, 'Rate exceeded'))
  }
  if (fault.kind === 'error') {
    return send(response, failed(500, 'InternalServerError', 'Internal server error'))
  }
  const done = await handle(parts, request, body)
  if (fault.kind === 'lose-answers') return void response.destroy()
  send(response, done)
}

async function handle(
  parts: JsonServerParts,
  request: IncomingMessage,
  body: Buffer | null
): Promise<JsonAnswer> {
  if (body === null) return failed(413, 'RequestEntityTooLargeException', 'Request too large')
  const scope = /Credential=[^/]+\/\d+\/([^/]+)\/([^/]+)\//.exec(
    request.headers.authorization ?? ''
  )
  if (scope === null) {
    return failed(400, 'MissingAuthenticationTokenException', 'Request is missing Authentication')
  }
  if (scope[1] !== parts.region || scope[2] !== parts.service) {
    const message = `Credential should be scoped to ${parts.region}/${parts.service}, not ${scope[1]}/${scope[2]}`
    return failed(400, 'InvalidSignatureException', message)
  }
  const target = String(request.headers['x-amz-target'])
  const parsed = parseObject(body)
  if (parsed === null) return failed(400, 'SerializationException', 'The body is not JSON')
  if (!target.startsWith(`${parts.target}.`)) {
    return failed(400, 'UnknownOperationException', `Unknown target ${target}`)
  }
  return parts.handle(target.slice(parts.target.length + 1), parsed)
}

function parseObject(body: Buffer): JsonObject | null {
  try {
    const parsed: unknown = JSON.parse(body.toString('utf8'))
    return isObject(parsed) ? parsed : null
  } catch (failure) {
    if (failure instanceof SyntaxError) return null
    throw failure
  }
}

/** Whether a value read from outside is an object with named fields. */
export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** The body, or null when it is larger than may be. */
async function readBody(request: IncomingMessage, bytesMax: number): Promise<Buffer | null> {
  const parts: Buffer[] = []
  let bytes = 0
  for await (const part of request as AsyncIterable<Buffer>) {
    bytes += part.length
    if (bytes <= bytesMax) parts.push(part)
  }
  return bytes <= bytesMax ? Buffer.concat(parts) : null
}

function send(response: ServerResponse, { status, body }: JsonAnswer): void {
  const text = JSON.stringify(body)
  response.writeHead(status, {
    'content-type': 'application/x-amz-json-1.0',
    'content-length': Buffer.byteLength(text),
    'x-amzn-requestid': randomUUID()
  })
  response.end(text)
}

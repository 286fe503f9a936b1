// The Lambda API of a region, as its SDK client speaks it: POST /2015-03-31/functions/{name}/invocations.
import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { randomUUID } from 'node:crypto'
import { refuse, type InvokeAnswer } from './answers'
import { readAll } from './http-outlet'
import type { LambdaFunction } from './lambda-function'

export type LambdaFront = {
  /** For AWS_ENDPOINT_URL_LAMBDA. */
  readonly endpoint: string
  /** Lets a function be called from now on. */
  add(made: LambdaFunction): void
  stop(): Promise<void>
}

type Named = { readonly name: string; readonly qualifier: string | undefined }

/** Full ARN, `account:function:name` or the name alone, each with a qualifier or without. */
const names = /^(?:(?:arn:aws:lambda:[a-z0-9-]+:)?\d{12}:)?(?:function:)?([\w-]+)(?::([\w$-]+))?$/

export async function startLambdaFront(): Promise<LambdaFront> {
  const functions = new Map<string, LambdaFunction>()
  const server = createServer((request, response) => {
    answer(functions, request).then(
      (answered) => send(response, answered),
      () => response.destroy()
    )
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('No port was given')
  return {
    endpoint: `http://127.0.0.1:${address.port}`,
    add: (made) => void functions.set(made.name, made),
    async stop() {
      server.close()
      server.closeAllConnections()
      await once(server, 'close')
    }
  }
}

async function answer(
  functions: ReadonlyMap<string, LambdaFunction>,
  request: IncomingMessage
): Promise<InvokeAnswer> {
  const payload = (await readAll(request)).toString('utf8')
  const requestId = randomUUID()
  if (!request.headers.authorization?.includes('/lambda/aws4_request')) {
    const message = 'Missing Authentication Token'
    return refuse(requestId, 403, 'MissingAuthenticationTokenException', message)
  }
  const named = nameIn(request)
  const made = named === null ? undefined : functions.get(named.name)
  if (named === null || made === undefined) {
    return refuse(requestId, 404, 'ResourceNotFoundException', `No function at ${request.url}`)
  }
  const event = payload === '' ? '{}' : payload
  switch (request.headers['x-amz-invocation-type'] ?? 'RequestResponse') {
    case 'RequestResponse':
      return made.invoke(event, named.qualifier)
    case 'Event':
      return made.send(event, named.qualifier)
    default:
      return refuse(requestId, 400, 'InvalidParameterValueException', 'Unknown invocation type')
  }
}

function nameIn(request: IncomingMessage): Named | null {
  const url = new URL(request.url ?? '/', 'http://lambda')
  const path = /^\/2015-03-31\/functions\/([^/]+)\/invocations$/.exec(url.pathname)
  const found = names.exec(decodeURIComponent(path?.[1] ?? ''))
  if (request.method !== 'POST' || found === null) return null
  const [, name = '', qualifier] = found
  return { name, qualifier: url.searchParams.get('Qualifier') ?? qualifier }
}

function send(response: ServerResponse, answer: InvokeAnswer): void {
  response.writeHead(answer.status, {
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(answer.payload),
    'x-amzn-requestid': answer.requestId,
    'x-amz-executed-version': '$LATEST',
    ...(answer.functionError === null ? {} : { 'x-amz-function-error': answer.functionError }),
    ...(answer.errorType === null ? {} : { 'x-amzn-errortype': answer.errorType })
  })
  response.end(answer.payload)
}

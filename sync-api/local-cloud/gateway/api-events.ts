// The events that functions behind a WebSocket API are given, field by field as API Gateway makes them.
import type { IncomingMessage } from 'node:http'
import { randomBytes, randomUUID } from 'node:crypto'

/** What a connection's events have in common. */
export type ConnectionFacts = {
  readonly connectionId: string
  /** ms since 1970. */
  readonly connectedAt: number
  readonly domainName: string
  readonly stage: string
  readonly apiId: string
  readonly sourceIp: string
  readonly userAgent: string
  /** What the authorizer said of who connects; null without one. */
  readonly authorizer: Readonly<Record<string, string>> | null
}

type Moment = { readonly routeKey: string; readonly eventType: string; readonly at: number }

/** As `L0SM9cOFvHcCIhw=`: it must be encoded in a URL. */
export function newConnectionId(): string {
  return `${randomBytes(11).toString('base64url')}=`
}

export function connectEvent(facts: ConnectionFacts, request: IncomingMessage, at: number): object {
  return {
    ...requestParts(request),
    requestContext: context(facts, { routeKey: '$connect', eventType: 'CONNECT', at }),
    isBase64Encoded: false
  }
}

export function authorizerEvent(
  facts: ConnectionFacts,
  request: IncomingMessage,
  at: number,
  methodArn: string
): object {
  return {
    ...{ type: 'REQUEST', methodArn },
    ...requestParts(request),
    stageVariables: {},
    requestContext: context(facts, { routeKey: '$connect', eventType: 'CONNECT', at })
  }
}

export function messageEvent(
  facts: ConnectionFacts,
  routeKey: string,
  body: string,
  at: number
): object {
  const messageId = newConnectionId()
  return {
    requestContext: {
      ...context(facts, { routeKey, eventType: 'MESSAGE', at }),
      messageId
    },
    body,
    isBase64Encoded: false
  }
}

export function disconnectEvent(
  facts: ConnectionFacts,
  code: number,
  reason: string,
  at: number
): object {
  const headers = {
    Host: facts.domainName,
    'x-api-key': '',
    'X-Forwarded-For': '',
    'x-restapi': ''
  }
  return {
    headers,
    multiValueHeaders: inLists(Object.entries(headers)),
    requestContext: {
      ...context(facts, { routeKey: '$disconnect', eventType: 'DISCONNECT', at }),
      disconnectStatusCode: code,
      disconnectReason: reason
    },
    isBase64Encoded: false
  }
}

function context(facts: ConnectionFacts, { routeKey, eventType, at }: Moment): object {
  const { connectionId, connectedAt, domainName, stage, apiId, sourceIp, userAgent } = facts
  return {
    ...{ routeKey, eventType, connectionId, connectedAt, domainName, stage, apiId },
    extendedRequestId: newConnectionId(),
    requestId: randomUUID(),
    requestTime: logTime(at),
    requestTimeEpoch: at,
    messageDirection: 'IN',
    identity: { sourceIp, userAgent },
    ...(facts.authorizer === null ? {} : { authorizer: facts.authorizer })
  }
}

/** Headers keep the letters that the client wrote them with. */
function requestParts(request: IncomingMessage): object {
  const pairs: [string, string][] = []
  for (let at = 0; at + 1 < request.rawHeaders.length; at += 2) {
    pairs.push([request.rawHeaders[at] ?? '', request.rawHeaders[at + 1] ?? ''])
  }
  pairs.push(['X-Forwarded-For', request.socket.remoteAddress ?? ''])
  pairs.push(['X-Forwarded-Port', '443'], ['X-Forwarded-Proto', 'https'])
  const query = [...new URL(request.url ?? '/', 'http://gateway').searchParams]
  return {
    headers: Object.fromEntries(pairs),
    multiValueHeaders: inLists(pairs),
    ...(query.length === 0
      ? {}
      : {
          queryStringParameters: Object.fromEntries(query),
          multiValueQueryStringParameters: inLists(query)
        })
  }
}

function inLists(pairs: readonly (readonly [string, string])[]): Record<string, string[]> {
  const lists: Record<string, string[]> = {}
  for (const [name, value] of pairs) lists[name] = [...(lists[name] ?? []), value]
  return lists
}

/** As `19/Jan/2023:21:13:26 +0000`, from ms since 1970. */
export function logTime(at: number): string {
  const [, day, month, year, time] = new Date(at).toUTCString().split(' ')
  return `${day}/${month}/${year}:${time} +0000`
}

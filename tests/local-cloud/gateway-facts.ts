// API Gateway's WebSocket API: connecting, messages, callbacks.
import type { Section } from './fact'

const quotas = 'Developer Guide, “Quotas for configuring and running a WebSocket API”'
const routes =
  'Developer Guide, “Manage connected users and client apps: $connect and $disconnect routes”'
const authorizers =
  'Developer Guide, “Control access to WebSocket APIs with Lambda REQUEST authorizers”'
const callbacks = 'API reference of API Gateway Management, PostToConnection'
const account = 'Developer Guide, “Amazon API Gateway quotas” (account level)'

const connecting = 'A WebSocket API that is connected to'
const authorizer = 'The authorizer of a WebSocket API'
const message = 'A message to a WebSocket API'
const connection = 'A connection of a WebSocket API'
const callback = '@connections of a WebSocket API'
const frame = 'A frame of a WebSocket API'

export const gatewayFacts: Section = {
  service: 'API Gateway (WebSocket API)',
  facts: [
    {
      fact: 'subprotocol',
      value: 'what $connect returns as Sec-WebSocket-Protocol; without it browsers give up',
      source: 'Developer Guide, “Set up a $connect route that requires a WebSocket subprotocol”',
      test: [
        connecting,
        'answers with the headers that $connect returns: the subprotocol is chosen there'
      ]
    },
    {
      fact: 'compression',
      value: 'none, although clients offer it',
      source: 'assumed: nowhere promised, and a client must do without',
      test: [connecting, 'agrees on no extension']
    },
    {
      fact: '$connect that fails',
      value: 'no connection; its status is the answer, 502 when it throws',
      source: `${routes}; the 502 is seen on AWS by others`,
      test: [
        connecting,
        'refuses with the status that $connect returns, and with 502 when it fails'
      ]
    },
    {
      fact: 'integration timeout of $connect',
      value: '29 s; that the status is 504 is assumed',
      source: quotas,
      test: [connecting, 'waits 29 s for $connect, and refuses with 504']
    },
    {
      fact: 'other paths than that of the stage or mapping',
      value: '403',
      source: 'Developer Guide, “Custom domain names for WebSocket APIs”; seen on AWS by others',
      test: [connecting, 'is found at its path only']
    },
    {
      fact: 'new connections of an account in a region',
      value: '500 a second; burst 500',
      source: `${quotas}; the burst: ${account}`,
      test: [
        connecting,
        'takes 500 new connections at once and 500 a second more, and answers 429 past it'
      ]
    },
    {
      fact: 'who may connect',
      value: 'asked once, before $connect; 401 or 403',
      source: `${routes}; ${authorizers}`,
      test: [
        authorizer,
        'decides before $connect: 401 without identity or as Unauthorized, 403 when it denies'
      ]
    },
    {
      fact: 'answer of an authorizer',
      value: '8 KB; simple values',
      source: `${quotas}; that more is answered with 500 is assumed`,
      test: [authorizer, 'may say 8 KB and simple values: else the answer is 500']
    },
    {
      fact: 'context of an authorizer',
      value: 'in every event of its connection, as texts',
      source: `${authorizers}; seen on AWS by others`,
      test: [authorizer, 'has what it says given to every event of the connection, as texts']
    },
    {
      fact: 'event of an authorizer',
      value: 'type REQUEST, methodArn that ends in /$connect, headers, no body',
      source: authorizers,
      test: [authorizer, 'is given the request and the ARN of $connect']
    },
    {
      fact: 'events of functions',
      value:
        'requestContext in all; headers for $connect as the client wrote them; none for messages',
      source:
        'Developer Guide, “Integration requests in WebSocket APIs”; samples of events published by others',
      test: ['The events of a WebSocket API', 'are field by field those of API Gateway']
    },
    {
      fact: 'binary frame',
      value: 'closes with 1003',
      source: 'Developer Guide, “Binary media types for WebSocket APIs”',
      test: [message, 'is text: a binary frame closes the connection with 1003']
    },
    {
      fact: 'frame',
      value: '32 KB; a longer one closes with 1009',
      source: quotas,
      test: [
        message,
        'comes in frames of at most 32 KB: a longer one closes the connection with 1009'
      ]
    },
    {
      fact: 'message',
      value: '128 KB in several frames; a longer one closes with 1009',
      source: quotas,
      test: [message, 'has at most 128 KB in all its frames: more closes the connection with 1009']
    },
    {
      fact: 'route of a message',
      value: 'by a field of JSON; else $default',
      source: 'Developer Guide, “Create routes for WebSocket APIs”',
      test: [message, 'goes to $default unless it is JSON that names another route']
    },
    {
      fact: 'what a function returns',
      value: 'is sent only where a RouteResponse is declared',
      source: 'Developer Guide, “Set up route responses for WebSocket APIs”',
      test: [
        message,
        'is answered with what its function returns only where a RouteResponse is declared'
      ]
    },
    {
      fact: 'function that fails',
      value:
        'the client is sent {"message": "Internal server error", connectionId, requestId} as text',
      source:
        'seen on AWS by others (aws-samples/simple-websockets-chat-app#42, #46; aws/aws-cdk#18208)',
      test: [
        message,
        'is answered with an error of the gateway in JSON when its function fails, declared or not'
      ]
    },
    {
      fact: 'integration timeout',
      value: '29 s; the function is not ended',
      source: quotas,
      test: [message, 'is given up after 29 s, while its function goes on']
    },
    {
      fact: 'order of messages',
      value: 'none promised: each is an invocation of its own',
      source: 'assumed: nowhere stated',
      test: [
        message,
        'does not wait for the one before it: messages of one connection overtake each other'
      ]
    },
    {
      fact: 'requests of an account in a region',
      value:
        '10,000 a second, burst 5,000, shared by all APIs and callbacks; what a client is told is assumed',
      source: account,
      test: [
        message,
        'costs a request of the account: past 10,000 a second and 5,000 at once it is refused'
      ]
    },
    {
      fact: 'idle timeout',
      value: '10 minutes; that pings do not count is assumed, and the safe side',
      source: quotas,
      test: [connection, 'is closed when no message went for 10 minutes; a ping is none']
    },
    {
      fact: 'connection duration',
      value: '2 hours',
      source: quotas,
      test: [connection, 'is closed after 2 hours, however busy']
    },
    {
      fact: '$disconnect',
      value: 'best effort, may never come',
      source: routes,
      test: [connection, 'may end without $disconnect, which is best effort']
    },
    {
      fact: 'disconnectStatusCode',
      value: 'the code of the close, 1005 without one, 1006 without a close',
      source: 'Developer Guide, “WebSocket API mapping template reference”; RFC 6455, 7.1.5',
      test: [
        connection,
        'that breaks off is told with 1006, one that closes without a code with 1005'
      ]
    },
    {
      fact: 'bill',
      value: 'messages by begun 32 KB in both directions, and connection minutes',
      source: 'API Gateway pricing page',
      test: [connection, 'is billed by begun minutes, its messages by 32 KB both ways']
    },
    {
      fact: 'connection id',
      value: 'ends in =, encoded in the path of a callback',
      source: 'API reference of API Gateway Management; georgeboot/laravel-echo-api-gateway#9',
      test: [callback, 'sends text to a client, whose id ends in = and comes encoded']
    },
    {
      fact: 'callback to who is not connected',
      value: '410 GoneException, also before $connect has returned',
      source: `${callbacks}; ${routes}`,
      test: [callback, 'knows nobody before $connect returned, and nobody after the end: 410']
    },
    {
      fact: 'size of a callback',
      value: '131,072 bytes; 413 PayloadTooLargeException',
      source: `${callbacks}; ${quotas}`,
      test: [callback, 'takes 131,072 bytes, and refuses more with 413']
    },
    {
      fact: 'rate of callbacks',
      value: 'none of their own is published; 429 LimitExceededException past the account’s',
      source: `${callbacks}; ${account}`,
      test: [callback, 'shares the requests of the account with everything else: 429 past them']
    },
    {
      fact: 'client that does not read',
      value:
        '429 LimitExceededException when its buffer is full; how large that is is assumed: 1 MB',
      source: callbacks,
      test: [
        callback,
        'refuses with 429 while a client does not read what it was sent, and goes on when it does'
      ]
    },
    {
      fact: 'GET and DELETE of a connection',
      value: 'times and address of a client; close',
      source: 'API reference of API Gateway Management, GetConnection and DeleteConnection',
      test: [callback, 'tells since when a client is connected, and closes its connection']
    },
    {
      fact: 'callback without a signature',
      value: '403',
      source: 'Developer Guide, “Use @connections commands in your backend service”',
      test: [callback, 'refuses who does not sign']
    },
    {
      fact: 'frames to a client',
      value: '32 KB; a longer message is several',
      source: quotas,
      test: [frame, 'leaves with at most 32 KB: a longer message is several']
    },
    {
      fact: 'answer of a function',
      value: '128 KB; that more is an error of the gateway is assumed',
      source: quotas,
      test: [
        'An answer of a WebSocket API',
        'has at most 128 KB: a longer one is an error of the gateway'
      ]
    }
  ],
  besides: [
    'Signatures are looked for and not checked.',
    'One API a region; TLS, WAF and access logs are not there.',
    'How long a message or a callback takes on AWS is published nowhere; here none unless a test says so.'
  ]
}

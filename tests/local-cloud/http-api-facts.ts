// API Gateway's HTTP API: what a function is given, what a client is answered.
import type { Section } from './fact'

const quotas = 'Developer Guide, “Quotas for configuring and running an HTTP API”'
const proxy = 'Developer Guide, “Create AWS Lambda proxy integrations for HTTP APIs”'
const request = 'A request to an HTTP API'
const answer = 'An answer of an HTTP API'

export const httpApiFacts: Section = {
  service: 'API Gateway (HTTP API)',
  facts: [
    {
      fact: 'event of a function',
      value:
        'payload format 2.0: names of headers in small letters, several values joined by commas',
      source: proxy,
      test: [request, 'comes in payload format 2.0']
    },
    {
      fact: 'body that is no text',
      value: 'in base64; which types are text is assumed',
      source: proxy,
      test: [request, 'has its body in base64 unless its type is one of text']
    },
    {
      fact: 'body',
      value: '10 MB, and what Lambda takes: 6 MB with all around it, in base64',
      source: `${quotas}; Lambda quotas; that more than Lambda takes is answered with 500 is assumed`,
      test: [
        request,
        'has at most 10 MB, of which Lambda takes less than 6, and bytes less than 4.5'
      ]
    },
    {
      fact: 'request line and values of headers',
      value: '10,240 bytes; that the status is 431 is assumed',
      source: quotas,
      test: [request, 'has at most 10,240 bytes of request line and values of headers']
    },
    {
      fact: 'requests of an account in a region',
      value: 'the same as for WebSocket APIs and callbacks; 429',
      source: 'Developer Guide, “Amazon API Gateway quotas” (account level)',
      test: [request, 'costs a request of the account, as a message of a WebSocket does']
    },
    {
      fact: 'what a function returns',
      value: 'statusCode, headers, cookies, body, isBase64Encoded',
      source: proxy,
      test: [answer, 'has the status, headers, cookies and bytes that the function returns']
    },
    {
      fact: 'what a function returns without statusCode',
      value: '200, as JSON',
      source: proxy,
      test: [answer, 'is JSON of what is returned without a status']
    },
    {
      fact: 'function that fails',
      value: '500 {"message": "Internal Server Error"}',
      source: 'Developer Guide, “Troubleshooting issues with HTTP API Lambda integrations”',
      test: [answer, 'is 500 when the function fails']
    },
    {
      fact: 'integration timeout',
      value: '30 s; 503 Service Unavailable',
      source: `${quotas}; the status is seen on AWS by others`,
      test: [answer, 'is 503 after 30 s']
    }
  ],
  besides: ['One route, `$default`, to one function; no CORS, authorizers or caches.']
}

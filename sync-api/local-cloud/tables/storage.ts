// What keeps one region's items and judges conditions and expressions: dynalite.
import { once } from 'node:events'
import { Agent, request } from 'node:http'
import dynalite from 'dynalite'
import { isObject, type JsonAnswer, type JsonObject } from '../json-server'
import type { KeySchema } from './items'

export type Storage = {
  call(operation: string, body: JsonObject): Promise<JsonAnswer>
  createTable(name: string, schema: KeySchema): Promise<void>
  deleteTable(name: string): Promise<void>
  stop(): Promise<void>
}

/** It looks at the form of these, not at what they prove. */
const headers = {
  'content-type': 'application/x-amz-json-1.0',
  'x-amz-date': '20260101T000000Z',
  authorization:
    'AWS4-HMAC-SHA256 Credential=a/20260101/local/dynamodb/aws4_request, SignedHeaders=host, Signature=0'
}

export async function startStorage(): Promise<Storage> {
  const server = dynalite({ createTableMs: 0, deleteTableMs: 0 })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('No port was given')
  const agent = new Agent({ keepAlive: true, maxSockets: 32 })
  const call = createCall(agent, address.port)

  async function must(operation: string, body: JsonObject): Promise<JsonObject> {
    const { status, body: answered } = await call(operation, body)
    if (status !== 200) throw new Error(`${operation}: ${JSON.stringify(answered)}`)
    return answered
  }

  /** Resolves when the table is as it should be; dynalite gets there in a few turns. */
  async function until(name: string, status: number, state: string | null): Promise<void> {
    for (;;) {
      const { status: now, body } = await call('DescribeTable', { TableName: name })
      const table = body['Table']
      if (now === status && (state === null || (isObject(table) && table['TableStatus'] === state)))
        return
    }
  }

  return {
    call,
    async createTable(name, { pk, sk }) {
      await must('CreateTable', {
        TableName: name,
        BillingMode: 'PAY_PER_REQUEST',
        KeySchema: [
          { AttributeName: pk, KeyType: 'HASH' },
          { AttributeName: sk, KeyType: 'RANGE' }
        ],
        AttributeDefinitions: [pk, sk].map((of) => ({ AttributeName: of, AttributeType: 'S' }))
      })
      await until(name, 200, 'ACTIVE')
    },
    async deleteTable(name) {
      await must('DeleteTable', { TableName: name })
      await until(name, 400, null)
    },
    async stop() {
      agent.destroy()
      server.closeAllConnections()
      await new Promise<void>((resolve, reject) => {
        server.close((failure) => (failure instanceof Error ? reject(failure) : resolve()))
      })
    }
  }
}

function createCall(agent: Agent, port: number): Storage['call'] {
  return (operation, body) =>
    new Promise((resolve, reject) => {
      const text = JSON.stringify(body)
      const target = { 'x-amz-target': `DynamoDB_20120810.${operation}` }
      const sent = request(
        {
          ...{ host: '127.0.0.1', port, method: 'POST', agent },
          headers: { ...headers, ...target, 'content-length': Buffer.byteLength(text) }
        },
        (response) => {
          const parts: Buffer[] = []
          response.on('data', (part: Buffer) => parts.push(part))
          response.on('error', reject)
          response.on('end', () => {
            const parsed: unknown = JSON.parse(Buffer.concat(parts).toString('utf8'))
            if (!isObject(parsed)) return reject(new Error('dynalite answered no object'))
            resolve({ status: response.statusCode ?? 500, body: parsed })
          })
        }
      )
      sent.on('error', reject)
      sent.end(text)
    })
}

// A table by itself, kept by dynalite as DynamoDB would keep it, behind the real SDK client.
import { once } from 'node:events'
import type { Server } from 'node:http'
import { createRequire } from 'node:module'
import { CreateTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb'

export type LocalTable = {
  readonly client: DynamoDBClient
  readonly name: string
  stop(): Promise<void>
}

type Dynalite = (options: { createTableMs: number }) => Server

export async function startLocalTable(): Promise<LocalTable> {
  // It brings no types along.
  const dynalite = createRequire(import.meta.url)('dynalite') as Dynalite
  const server = dynalite({ createTableMs: 0 })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('No port was given')
  const client = new DynamoDBClient({
    endpoint: `http://127.0.0.1:${address.port}`,
    region: 'local',
    credentials: { accessKeyId: 'nobody', secretAccessKey: 'nothing' }
  })
  const name = 'log'
  const keys = ['pk', 'sk'] as const
  await client.send(
    new CreateTableCommand({
      TableName: name,
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: keys.map((key) => ({ AttributeName: key, AttributeType: 'S' })),
      KeySchema: keys.map((key) => ({
        AttributeName: key,
        KeyType: key === 'pk' ? 'HASH' : 'RANGE'
      }))
    })
  )
  return {
    client,
    name,
    async stop() {
      client.destroy()
      server.close()
      await once(server, 'close')
    }
  }
}

// Who the relay says it is to its cache: ElastiCache Serverless knows users by name, a server of one's own often none.
import { createServer, type AddressInfo, type Server } from 'node:net'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { connectRedis } from '../../../sync-api/adapters/aws/redis-scripts'

let server: Server
let told: Promise<string>

beforeEach(async () => {
  server = createServer()
  told = new Promise((resolve) => {
    server.on('connection', (socket) => {
      socket.on('error', () => socket.destroy())
      socket.once('data', (data) => resolve(data.toString()))
    })
  })
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve)
  })
})

afterEach(() => {
  server.close()
})

test.each([
  ['meridian:secret%2Fword@', '*3\r\n$4\r\nauth\r\n$8\r\nmeridian\r\n$11\r\nsecret/word\r\n'],
  [':secret-word@', '*2\r\n$4\r\nauth\r\n$11\r\nsecret-word\r\n']
])('redis://%s… says so', async (user, said) => {
  const { port } = server.address() as AddressInfo
  const scripts = connectRedis(`redis://${user}127.0.0.1:${port}`)
  expect(await told).toContain(said)
  scripts.close()
})

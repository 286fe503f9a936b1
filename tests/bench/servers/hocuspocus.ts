// Hocuspocus with its SQLite extension, as its documentation sets it up.
import { SQLite } from '@hocuspocus/extension-sqlite'
import { Server } from '@hocuspocus/server'
import { join } from 'node:path'

const folder = process.argv[2]
if (folder === undefined) throw new Error('Say where the data lies: hocuspocus.js <folder>')

const server = new Server({
  port: 0,
  address: '127.0.0.1',
  quiet: true,
  extensions: [new SQLite({ database: join(folder, 'documents.sqlite') })]
})
await server.listen()
process.stdout.write(`http://127.0.0.1:${server.address.port}\n`)

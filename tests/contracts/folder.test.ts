// The folder's contract: in the caller's turn, and in the thread that production uses.
import { mkdtemp, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { build } from 'vite'
import { createMemoryFolder } from '../../sync-api/adapters/memory/folder'
import { createThreadFolder } from '../../sync-api/adapters/node/thread-folder'
import { folderContract } from './folder'

folderContract('memory', async () => ({
  folder: createMemoryFolder(),
  close: async () => undefined
}))

folderContract('a thread', async () => {
  const root = join(import.meta.dirname, '../..')
  // Inside the project, so that the built thread finds its packages.
  const outDir = await mkdtemp(join(root, 'node_modules/.fold-worker-'))
  const entry = join(root, 'sync-api/adapters/node/fold-worker.ts')
  await build({
    ...{ root, configFile: false, logLevel: 'warn' },
    build: { ssr: entry, outDir, target: 'node20' }
  })
  const folder = createThreadFolder(join(outDir, 'fold-worker.js'))
  return {
    folder,
    async close() {
      await folder.close()
      await rm(outDir, { recursive: true })
    }
  }
})

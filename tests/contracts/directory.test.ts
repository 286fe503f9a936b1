// The directory's contract, in memory and on lmdb.
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createMemoryDirectory } from '../../sync-api/adapters/memory/directory'
import { openLmdbDirectory } from '../../sync-api/adapters/node/lmdb-directory'
import { directoryContract } from './directory'
import { endlessDisk } from './endless-disk'

directoryContract('memory', async () => ({
  directory: createMemoryDirectory(),
  reopen: null,
  close: async () => undefined
}))

directoryContract('lmdb', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'meridian-directory-'))
  const file = join(folder, 'directory.mdb')
  let directory = openLmdbDirectory(file, endlessDisk)
  return {
    directory,
    async reopen() {
      await directory.close()
      directory = openLmdbDirectory(file, endlessDisk)
      return directory
    },
    async close() {
      await directory.close()
      await rm(folder, { recursive: true })
    }
  }
})

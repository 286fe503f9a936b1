// Builds the relay for Node: the host, its folding worker and the commands beside it, dependencies left to node_modules.
// Then compresses the app, which is built before it, so that the host only has to send files.
import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { brotliCompress, constants, gzip } from 'node:zlib'
import { defineConfig, type Plugin } from 'vite'

const appFolder = 'dist/app'

/** Below this, bytes, an encoding saves less than its header costs. */
const worthCompressing = 512

function compressApp(): Plugin {
  return {
    name: 'compress-app',
    async closeBundle() {
      const entries = await readdir(appFolder, { recursive: true, withFileTypes: true }).catch(
        (cause: NodeJS.ErrnoException) => {
          if (cause.code === 'ENOENT') return []
          throw cause
        }
      )
      const files = entries.filter((entry) => /\.(js|css|html|svg|webmanifest)$/.test(entry.name))
      await Promise.all(files.map((entry) => compress(join(entry.parentPath, entry.name))))
    }
  }
}

async function compress(path: string): Promise<void> {
  const bytes = await readFile(path)
  if (bytes.length < worthCompressing) return
  const params = {
    [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MAX_QUALITY,
    [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length
  }
  await writeFile(`${path}.br`, await promisify(brotliCompress)(bytes, { params }))
  await writeFile(`${path}.gz`, await promisify(gzip)(bytes, { level: 9 }))
}

export default defineConfig({
  plugins: [compressApp()],
  build: {
    ssr: true,
    outDir: 'dist/host',
    emptyOutDir: true,
    target: 'node20',
    rolldownOptions: {
      input: {
        embedded: 'sync-api/hosts/embedded.ts',
        backup: 'sync-api/hosts/backup.ts',
        restore: 'sync-api/hosts/restore.ts',
        verify: 'sync-api/hosts/verify.ts',
        export: 'sync-api/hosts/export.ts',
        'fold-worker': 'sync-api/adapters/node/fold-worker.ts'
      }
    }
  }
})

// Builds the relay for Node: the host and its folding worker, dependencies left to node_modules.
import { defineConfig } from 'vite'

export default defineConfig({
  build: {
    ssr: true,
    outDir: 'dist/host',
    emptyOutDir: true,
    target: 'node20',
    rollupOptions: {
      input: {
        embedded: 'sync-api/hosts/embedded.ts',
        'fold-worker': 'sync-api/adapters/node/fold-worker.ts'
      }
    }
  }
})

// Builds the benchmark for Node: the stage, the load generator and the servers beside Meridian's own.
import { defineConfig } from 'vite'

export default defineConfig({
  root: import.meta.dirname,
  publicDir: false,
  build: {
    ssr: true,
    outDir: 'dist',
    emptyOutDir: true,
    target: 'node20',
    rollupOptions: {
      input: {
        bench: 'bench.ts',
        generator: 'load/generator.ts',
        floor: 'servers/floor.ts',
        hocuspocus: 'servers/hocuspocus.ts',
        collector: 'servers/collector.ts'
      }
    }
  }
})

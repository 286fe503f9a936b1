// Runs cold-starts.ts: Vite reads TypeScript where Node 20 does not.
import { runnerImport } from 'vite'

await runnerImport(new URL('cold-starts.ts', import.meta.url).pathname)

// Runs command.ts: Vite reads TypeScript where Node 20 does not.
import { runnerImport } from 'vite'

await runnerImport(new URL('command.ts', import.meta.url).pathname)

// What a function has around it, besides its events: passed in, so that many can live side by side.
import type { Environment } from './settings'

export type Surroundings = {
  readonly environment: Environment
  /** Takes a line of its log. */
  print(line: string): void
}

/** Those of this process. */
export const ownSurroundings: Surroundings = {
  environment: process.env,
  print: (line) => void process.stdout.write(`${line}\n`)
}

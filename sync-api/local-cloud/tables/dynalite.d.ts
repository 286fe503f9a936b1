// The types that dynalite does not bring along: what is used of it.
declare module 'dynalite' {
  import type { Server } from 'node:http'
  export default function dynalite(options: {
    /** How long a table stays on its way in and out of being, ms. */
    readonly createTableMs: number
    readonly deleteTableMs: number
  }): Server
}

// What the process writes down about itself, as JSON lines on stderr: never content, names, ids or tickets.
import { destination, pino, type Logger } from 'pino'

export type Journal = Logger

export function openJournal(level: string): Journal {
  // Synchronous: what is written before an exit must be there after it.
  return pino({ level, base: null }, destination({ dest: 2, sync: true }))
}

// What the process writes down about itself, as JSON lines on stderr: never content, names, ids or tickets.
import { destination, pino, type Logger } from 'pino'

export type Journal = Logger

export function openJournal(level: string): Journal {
  // Synchronous: what is written before an exit must be there after it.
  const stderr = destination({ dest: 2, sync: true })
  return pino({ level, base: null, serializers: { err: describeFailure } }, stderr)
}

type Described = { readonly type: string; readonly message: string; readonly at: string }

/** A failure with its place; words of its message that may be an id or a secret are blotted out. */
export function describeFailure(failure: unknown): Described {
  if (!(failure instanceof Error)) return { type: typeof failure, message: '', at: '' }
  // The stack repeats the message, as it is, before its first place.
  const places = (failure.stack ?? '').split('\n').filter((line) => /^\s+at /.test(line))
  const cause = failure.cause instanceof Error ? ` (${failure.cause.message})` : ''
  return {
    type: failure.name,
    message: (failure.message + cause).replaceAll(/[\w-]{11,}/g, blot),
    at: places.map((line) => line.trim()).join('; ')
  }
}

/** Ids and secrets hold digits or capitals inside; long plain words do not. */
function blot(word: string): string {
  return /\d|.[A-Z]|[_-]/.test(word) ? '***' : word
}

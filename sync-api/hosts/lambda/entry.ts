// A handler that is made at the first event and kept: a cold start loads what it needs, and a later one that failed tries again.
import type { Context } from './context'
import { readSettings, type Settings } from './settings'
import { ownSurroundings, type Surroundings } from './surroundings'

export type Handler<Event, Answer> = (event: Event, context: Context) => Promise<Answer>

export function handlerOf<Event, Answer>(
  make: (settings: Settings, surroundings: Surroundings) => Promise<Handler<Event, Answer>>,
  surroundings: Surroundings = ownSurroundings
): Handler<Event, Answer> {
  let made: Promise<Handler<Event, Answer>> | null = null
  return async (event, context) => {
    made ??= make(readSettings(surroundings.environment), surroundings)
    let handler: Handler<Event, Answer>
    try {
      handler = await made
    } catch (cause) {
      made = null
      throw cause
    }
    return handler(event, context)
  }
}

// What other people's awareness states may show: read with distrust, since anybody can send them.
import type { Awareness } from 'y-protocols/awareness'
import * as Y from 'yjs'

/** Colours of the style sheet: `--presence-0` to `--presence-11`. */
export const presenceColors = 12

/** Longest name shown at a caret, characters. */
const nameLengthMax = 40

/** The fields of an awareness state that the editor uses; `cursor` is y-prosemirror's name. */
export type PresenceState = {
  readonly user: { readonly name: string; readonly color: number }
  readonly cursor: { readonly anchor: object; readonly head: object }
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null

/** A state as it may be shown, or null where there is no caret to show. */
export function readPresence(state: unknown): PresenceState | null {
  if (!isObject(state) || !isObject(state['cursor'])) return null
  const { anchor, head } = state['cursor']
  if (!isPosition(anchor) || !isPosition(head)) return null
  const user = isObject(state['user']) ? state['user'] : {}
  const name = typeof user['name'] === 'string' ? user['name'].trim() : ''
  const color = Number.isSafeInteger(user['color']) ? Number(user['color']) : 0
  return {
    user: {
      name: [...name].slice(0, nameLengthMax).join('') || 'Someone',
      color: Math.abs(color) % presenceColors
    },
    cursor: { anchor, head }
  }
}

/** Whether this is a relative position's JSON: an id or a root's name, and a side. */
function isPosition(value: unknown): value is object {
  if (!isObject(value)) return false
  const { type, tname, item, assoc } = value
  const hasId = isId(type) || isId(item) || typeof tname === 'string'
  return hasId && (assoc === undefined || assoc === null || typeof assoc === 'number')
}

function isId(value: unknown): boolean {
  return (
    isObject(value) && Number.isSafeInteger(value['client']) && Number.isSafeInteger(value['clock'])
  )
}

/** Whether Yjs can look a caret's ends up in this document: one bad state must not cost the others. */
function isFindable(doc: Y.Doc, { anchor, head }: PresenceState['cursor']): boolean {
  try {
    return [anchor, head].every((end) => {
      const position = Y.createRelativePositionFromJSON(end)
      return Y.createAbsolutePositionFromRelativePosition(position, doc) !== null
    })
  } catch {
    // Thrown at ids that no Y.Doc gives.
    return false
  }
}

/**
 * The same awareness, with states as y-prosemirror wants them: only sane ones, and a colour in its
 * six-digit form, as it complains of any other on every transaction. The index is in `user.index`.
 */
export function caretAwareness(awareness: Awareness): Awareness {
  const getStates = () => {
    const states = new Map<number, object>()
    for (const [client, state] of awareness.getStates()) {
      const presence = readPresence(state)
      if (presence === null || !isFindable(awareness.doc, presence.cursor)) continue
      const { name, color } = presence.user
      states.set(client, { ...presence, user: { name, color: '#000000', index: color } })
    }
    return states
  }
  return new Proxy(awareness, {
    get(target, property) {
      if (property === 'getStates') return getStates
      const value: unknown = Reflect.get(target, property, target)
      return typeof value === 'function' ? value.bind(target) : value
    }
  })
}

// Whether an event matches a rule's pattern: the part of EventBridge's language that Meridian uses.
import { isObject, type JsonObject } from '../json-server'

/** Throws when a pattern uses what the stand-in does not know, or is none. */
export function checkPattern(pattern: JsonObject): void {
  for (const [name, wanted] of Object.entries(pattern)) {
    if (isObject(wanted)) checkPattern(wanted)
    else if (!Array.isArray(wanted) || wanted.length === 0) {
      throw new Error(`A pattern has a list of values for each field: ${name}`)
    } else for (const one of wanted as unknown[]) checkMatcher(one)
  }
}

export function matches(pattern: JsonObject, event: JsonObject): boolean {
  return Object.entries(pattern).every(([name, wanted]) => {
    const value = event[name]
    if (isObject(wanted)) return isObject(value) && matches(wanted, value)
    return (wanted as unknown[]).some((one) => isMatch(one, value))
  })
}

function checkMatcher(matcher: unknown): void {
  if (!isObject(matcher)) return
  const [kind, ...others] = Object.keys(matcher)
  if (others.length > 0 || kind === undefined || !(kind in matchers)) {
    throw new Error(`The stand-in does not know the matcher ${JSON.stringify(matcher)}`)
  }
}

const matchers: Readonly<Record<string, (wanted: unknown, value: unknown) => boolean>> = {
  prefix: (wanted, value) => typeof value === 'string' && value.startsWith(String(wanted)),
  exists: (wanted, value) => (value !== undefined) === wanted,
  'anything-but': (wanted, value) =>
    value !== undefined && ![wanted].flat().some((one) => isMatch(one, value))
}

/** A value that is a list matches when one of its own does. */
function isMatch(wanted: unknown, value: unknown): boolean {
  if (isObject(wanted)) {
    return Object.entries(wanted).every(([kind, of]) => matchers[kind]?.(of, value) ?? false)
  }
  return Array.isArray(value) ? value.includes(wanted) : value === wanted
}

// Plants a fault into evaluated resources, to see that a check finds it.
import { every, type Evaluated, type Json, type Resource } from './evaluated'

/** What is done to the first resource of a type whose component's name begins so. */
export type Fault = {
  /** The check that must find it. */
  readonly check: string
  readonly fault: string
  readonly type: string
  readonly name?: string
} & Deed

type Deed =
  | { readonly removed: true }
  | { readonly movedTo: string }
  /** A value, or nothing, at a path of the inputs. */
  | { readonly at: Path; readonly value: Json | undefined }
  /** Text in a text at a path. */
  | { readonly at: Path; readonly text: readonly [from: string, to: string] }

type Path = readonly (string | number)[]

/** A copy with the fault in it. Throws when there is nothing to plant it in, or it changes nothing. */
export function withFault(evaluated: Evaluated, fault: Fault): Evaluated {
  const copy = structuredClone(evaluated)
  const resource = every(copy, fault.type).find(({ name }) => name.startsWith(fault.name ?? ''))
  if (resource === undefined) throw new Error(`Nothing to plant in: ${fault.fault}`)
  if ('removed' in fault) copy.resources.splice(copy.resources.indexOf(resource), 1)
  else if ('movedTo' in fault) Object.assign(resource, { region: fault.movedTo })
  else if ('value' in fault) set(resource, fault.at, () => fault.value)
  else set(resource, fault.at, (text) => replaced(text, fault.text, fault.fault))
  return copy
}

function replaced(
  text: Json | undefined,
  [from, to]: readonly [string, string],
  fault: string
): Json {
  if (typeof text !== 'string' || !text.includes(from)) {
    throw new Error(`Nothing to replace: ${fault} in ${JSON.stringify(text)}`)
  }
  return text.replaceAll(from, to)
}

type Holder = { [step: string | number]: Json | undefined }

function set(
  { inputs }: Resource,
  path: Path,
  change: (before: Json | undefined) => Json | undefined
): void {
  let holder = inputs as Holder
  for (const step of path.slice(0, -1)) {
    holder[step] ??= {}
    holder = holder[step] as Holder
  }
  const last = path.at(-1)
  if (last === undefined) throw new Error('A path has at least one step')
  const value = change(holder[last])
  if (value === undefined) delete holder[last]
  else holder[last] = value
}

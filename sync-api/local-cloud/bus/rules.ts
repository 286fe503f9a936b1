// The rules of a bus: what they match, whom they send it to, and for how long they try.
import type { JsonObject } from '../json-server'
import type { BusEvent } from './events'
import { ageMsMax, patternCharactersMax, retriesMax, rulesMax, targetsMax } from './limits'
import { checkPattern, matches } from './pattern'

/** A function takes an event when `invoke` resolves: it is queued for it. What it does later is Lambda's. */
export type Target =
  | { readonly kind: 'function'; readonly name: string; invoke(event: BusEvent): Promise<void> }
  | { readonly kind: 'bus'; readonly region: string }

export type Rule = {
  readonly name: string
  readonly pattern: JsonObject
  readonly targets: readonly Target[]
  /** After so many retries, or at this age, ms, an event goes to the dead letters. */
  readonly retriesMax: number
  readonly ageMsMax: number
}

export type Rules = {
  /** Throws when the service would not take it. */
  add(rule: Rule): void
  matching(event: BusEvent): readonly Rule[]
}

export function createRules(): Rules {
  const rules = new Map<string, Rule>()
  return {
    add(rule) {
      checkPattern(rule.pattern)
      if (JSON.stringify(rule.pattern).length > patternCharactersMax) {
        throw new Error(`A pattern has at most ${patternCharactersMax} characters`)
      }
      if (rule.targets.length > targetsMax) {
        throw new Error(`A rule has at most ${targetsMax} targets`)
      }
      if (rule.retriesMax > retriesMax || rule.ageMsMax > ageMsMax) {
        throw new Error(`A target is tried at most ${retriesMax} times in ${ageMsMax} ms`)
      }
      if (!rules.has(rule.name) && rules.size === rulesMax) {
        throw new Error(`A bus has at most ${rulesMax} rules`)
      }
      rules.set(rule.name, rule)
    },
    matching: (event) => [...rules.values()].filter(({ pattern }) => matches(pattern, event))
  }
}

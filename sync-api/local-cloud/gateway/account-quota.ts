// What an account may do in a region each second: shared by all its APIs, and by their callbacks.
import type { LocalTime } from '../time'
import {
  connectionsAtOnce,
  connectionsPerSecond,
  requestsAtOnce,
  requestsPerSecond
} from './limits'

export type TokenBucket = {
  /** Takes so many tokens, or none of them when fewer are there. */
  take(tokens: number): boolean
}

export type AccountQuota = { readonly requests: TokenBucket; readonly connections: TokenBucket }

export function createAccountQuota(time: LocalTime): AccountQuota {
  return {
    requests: createTokenBucket(time, requestsPerSecond, requestsAtOnce),
    connections: createTokenBucket(time, connectionsPerSecond, connectionsAtOnce)
  }
}

function createTokenBucket(time: LocalTime, perSecond: number, most: number): TokenBucket {
  let tokens = most
  let filledAt = time.now()
  return {
    take(wanted) {
      const now = time.now()
      tokens = Math.min(most, tokens + ((now - filledAt) / 1000) * perSecond)
      filledAt = now
      if (tokens < wanted) return false
      tokens -= wanted
      return true
    }
  }
}

// For whom tickets are: those of another deployment are not ours.
import type { Settings } from './settings'

export function ticketPlace({ origin }: Settings): {
  readonly issuer: string
  readonly audience: string
} {
  return { issuer: origin, audience: origin }
}

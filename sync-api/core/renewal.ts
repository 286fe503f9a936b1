// Rights where others write them as well: looked at anew before each message, and everywhere before a refusal.
import { mayRead, mayWrite, type Role } from '../protocol/roles'
import type { Access } from './access'
import type { SharedLog, Wish } from './relay'

/** As `Relay` has it. Without a shared log everything is known already. */
export function createRenewal(
  access: Access,
  shared: SharedLog | undefined
): (wish: Wish) => Promise<void> {
  return async (wish) => {
    if (shared === undefined) return
    const { document, person } = wish
    await access.renew(document, false)
    if (isAllowed(wish, await access.role(document, person))) return
    await shared.consult({ document, channel: 'rights' })
    await access.renew(document, true)
  }
}

function isAllowed({ channel, does }: Wish, role: Role | null): boolean {
  return does === 'read' ? mayRead(role, channel) : mayWrite(role, channel)
}

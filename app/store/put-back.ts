// A channel's state written into a database that lost it: from a tab's memory, or a recovery copy.
import { channelKey, type ChannelRef } from '../../sync-api/protocol/ids'
import { summed } from './damage'
import { channelOf, type MeridianDatabase } from './database'
import { attempt } from './failure'

/** What of `state` no relay had is unknown now: the channel is compared with its log. */
export function putBack(
  database: MeridianDatabase,
  ref: ChannelRef,
  state: Uint8Array
): Promise<void> {
  const { channels, updates } = database
  const channel = channelKey(ref)
  return attempt(database, () =>
    database.transaction('rw', channels, updates, async () => {
      await updates.add(summed({ channel, update: state }))
      await channels.put({ ...(await channelOf(database, channel)), doubted: 1 })
    })
  )
}

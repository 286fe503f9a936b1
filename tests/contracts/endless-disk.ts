// A disk that always has room, for tests that are about something else.
import type { Disk } from '../../sync-api/adapters/node/disk-room'

export const endlessDisk: Disk = {
  take: () => Promise.resolve(),
  broke(cause) {
    throw new Error('The disk of the test broke', { cause })
  }
}

// The person as the screens see them: profile, recovery key, devices.
import type { ReadonlySignal } from '@preact/signals-core'
import type { DevicesAnswer } from '../../sync-api/protocol/http'
import type { Api } from '../identity/api'
import type { DeviceIdentity } from '../identity/keys'
import { join, makeRecoveryKey, recover, type ReturnOptions } from '../identity/return'
import type { LibraryReplica } from '../replica/library'
import type { Identity, Profile } from '../shell/meridian'
import type { MeridianDatabase } from '../store/database'
import type { Notices } from '../store/notices'
import { now, randomBytes } from './device'
import { userFacing } from './failures'

export type IdentityParts = {
  readonly identity: DeviceIdentity
  readonly api: Api
  readonly database: MeridianDatabase
  readonly library: LibraryReplica
  readonly notices: Notices
  readonly profile: ReadonlySignal<Profile>
  /** Stores what is open in this tab, so that nothing is left behind when the person changes. */
  readonly flush: () => Promise<void>
}

export function createIdentity(parts: IdentityParts): Identity {
  const { identity, api, database, library, notices, profile, flush } = parts
  const ownName = deviceName(navigator.userAgent)
  const options: ReturnOptions = { api, database, random: randomBytes, now, deviceName: ownName }
  const become = (change: () => Promise<number>): Promise<void> =>
    userFacing(async () => {
      await flush()
      await change()
      notices.tell({ kind: 'identity' })
    })
  return {
    person: identity.person,
    device: identity.device,
    profile,
    setProfile: (chosen) => library.setProfile(chosen),
    makeRecoveryKey: () => userFacing(() => makeRecoveryKey(options)),
    recover: (key) => become(() => recover(options, key)),
    makeDeviceCode: () =>
      userFacing(async () => {
        const { code, lifetimeMs } = await api.makeCode()
        return { code, until: now() + lifetimeMs }
      }),
    join: (code) => become(() => join(options, code)),
    devices: () =>
      userFacing(async () => {
        const { devices, ...rest } = await api.devices()
        const isUnnamed = ({ key, name }: Device): boolean => key === identity.device && name === ''
        const named = devices.map((one) => (isUnnamed(one) ? { ...one, name: ownName } : one))
        return { ...rest, devices: named }
      }),
    removeDevice: (key) => userFacing(() => api.removeDevice(key))
  }
}

type Device = DevicesAnswer['devices'][number]

/** How this browser appears in the list of devices: enough to tell two of one's own apart. */
export function deviceName(userAgent: string): string {
  const browser = named(userAgent, {
    'Edg/': 'Edge',
    'Firefox/': 'Firefox',
    'Chrome/': 'Chrome',
    'Safari/': 'Safari'
  })
  const system = named(userAgent, {
    iPhone: 'iPhone',
    iPad: 'iPad',
    Android: 'Android',
    'Mac OS': 'Mac',
    Windows: 'Windows',
    Linux: 'Linux'
  })
  return [browser ?? 'Browser', system].filter((part) => part !== null).join(' on ')
}

function named(text: string, names: Record<string, string>): string | null {
  const found = Object.entries(names).find(([sign]) => text.includes(sign))
  return found?.[1] ?? null
}

// The wire cannot change by accident: its bytes are hashed beside the line of history they belong to.
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { closeCodes, meansStop } from '../../sync-api/protocol/close-codes'
import { encodeClientMessage, encodeServerMessage } from '../../sync-api/protocol/codec'
import { splitFrame } from '../../sync-api/protocol/chunks'
import { errorCodes, refusalReasons } from '../../sync-api/protocol/errors'
import { chunksToRelayMax } from '../../sync-api/protocol/limits'
import { channels, roles } from '../../sync-api/protocol/roles'
import { protocolVersion, protocolVersionMin, subprotocol } from '../../sync-api/protocol/version'
import { clientSamples, serverSamples } from './messages'

const source = readFileSync(new URL('../../sync-api/protocol/version.ts', import.meta.url), 'utf8')

test('[VE1] the bytes of every message are those of this version', () => {
  const recorded = new RegExp(`^ \\* ${protocolVersion} \\(wire ([0-9a-f]{16})\\): `, 'm').exec(
    source
  )
  // Fails after a change of the wire: raise protocolVersion and give it a line with this hash.
  expect(recorded?.[1]).toBe(wireHash())
})

test('[VE1] every version up to this one has a line of history', () => {
  const lines = [...source.matchAll(/^ \* (\d+) \(wire [0-9a-f]{16}\): \S/gm)]
  const versions = lines.map((line) => Number(line[1]))
  expect(versions).toEqual(Array.from({ length: protocolVersion }, (_, at) => at + 1))
  expect(protocolVersionMin).toBeLessThanOrEqual(protocolVersion)
  // The handshake is the same for all of them: the hello tells them apart.
  expect(subprotocol).toBe('meridian.1')
})

test('[VE2] the closed lists are those of this version', () => {
  expect(roles).toEqual(['viewer', 'commenter', 'editor', 'owner'])
  expect(channels).toEqual(['content', 'comments', 'rights'])
  expect(refusalReasons).toEqual(['not-allowed', 'not-found', 'invalid', 'too-large', 'epoch'])
  for (const sentence of Object.values(errorCodes)) expect(sentence).toMatch(/^[A-Z].*\.$/)
})

test('[CO7] only close codes 4400 to 4499 say stop', () => {
  const stops = Object.entries(closeCodes).filter(([, code]) => meansStop(code))
  expect(stops.map(([name]) => name)).toEqual(['noTicket', 'tooOld'])
  for (const code of [1000, 1001, 1006, 1011, 3000, 4000, 4399, 4500]) {
    expect(meansStop(code)).toBe(false)
  }
})

function wireHash(): string {
  const hash = createHash('sha256')
  const client = Object.values(clientSamples).flat().map(encodeClientMessage)
  const server = Object.values(serverSamples).flat().map(encodeServerMessage)
  const chunks = splitFrame(new Uint8Array(30_000), 1, chunksToRelayMax)
  for (const bytes of [...client, ...server, ...chunks]) hash.update(bytes)
  return hash.digest('hex').slice(0, 16)
}

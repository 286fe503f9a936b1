// Chromium was killed between the two writes of a record of its log: with the next start but one it
// would delete everything of ours.
import { appendFile, readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startHost, type TestHost } from '../host'
import {
  makeDocument,
  startBrowser,
  typeAtEnd,
  untilOfflineReady,
  untilStatus,
  untilText,
  type TestBrowser
} from './bed'

/** Checksum, length and kind of a record. */
const headerBytes = 7

let host: TestHost
let ada: TestBrowser

beforeAll(async () => {
  host = await startHost()
  ada = await startBrowser()
})

afterAll(async () => {
  await ada.dispose()
  await host.stop()
})

test('a header without its record in the log of the browser takes nothing with it', async () => {
  let page = await ada.open(host.url)
  await untilOfflineReady(page)
  const address = await makeDocument(page, host.url)
  await page.keyboard.type('Before.')
  await untilStatus(page, 'Saved')
  await host.kill('SIGTERM')
  await typeAtEnd(page, ' Offline.')
  await untilStatus(page, 'Offline, saved on this device')
  await ada.kill()
  await tearLog(ada.profile)
  // The life that takes its own first record for the payload of that header.
  await ada.restart()
  page = await ada.open(address)
  await untilText(page, 'Before. Offline.')
  await typeAtEnd(page, ' After.')
  await untilStatus(page, 'Offline, saved on this device')
  await ada.close()
  await ada.restart()
  page = await ada.open(address)
  await untilText(page, 'Before. Offline. After.')
})

/** As if the browser had been killed when it had written a record's header, and not the record. */
async function tearLog(profile: string): Promise<void> {
  const folder = join(profile, 'Default', 'IndexedDB')
  const logs = (await readdir(folder, { recursive: true })).filter((name) => name.endsWith('.log'))
  expect(logs).toHaveLength(1)
  const log = join(folder, logs[0]!)
  await appendFile(log, (await readFile(log)).subarray(0, headerBytes))
}

// Storage cleared, or a second device: the recovery key or a code brings everything back.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Page } from 'playwright-core'
import { startHost, type TestHost } from '../host'
import { makeDocument, startBrowser, untilStatus, untilText, type TestBrowser } from './bed'

let host: TestHost
let ada: TestBrowser
let recoveryKey: string

beforeAll(async () => {
  host = await startHost()
  ada = await startBrowser()
  const page = await ada.open(host.url)
  await makeDocument(page, host.url)
  await page.keyboard.type('Everything I know.')
  await page.getByLabel('Title').fill('Notes')
  await untilStatus(page, 'Saved')
  await nameYourself(page, 'Ada Lovelace')
  recoveryKey = await makeRecoveryKey(page)
  await page.close()
})

afterAll(async () => {
  await ada.dispose()
  await host.stop()
})

describe('a person comes back', () => {
  test('with the recovery key after the storage was cleared', async () => {
    await clearStorage(ada, host.url)
    const page = await ada.open(host.url)
    await page.getByRole('button', { name: 'New document' }).first().waitFor()
    expect(await page.getByRole('link', { name: 'Notes' }).count()).toBe(0)

    await page.goto(`${host.url}/settings`)
    await page.getByText('Enter a recovery key').click()
    await page.getByLabel('Recovery key').fill(recoveryKey.toLowerCase().replaceAll('-', ' '))
    await page.getByRole('button', { name: 'Become this person' }).click()
    await confirmIfAsked(page)
    await isBack(page)
  })

  test('on a second device with a code of the first', async () => {
    const first = await ada.open(`${host.url}/settings`)
    await first.getByRole('button', { name: 'Add a device' }).click()
    const code = await first.locator('.one-time').innerText()

    const second = await startBrowser()
    const page = await second.open(`${host.url}/settings`)
    await page.getByText('Enter a code from another device').click()
    await page.getByLabel('Code', { exact: true }).fill(code)
    await page.getByRole('button', { name: 'Join as this device' }).click()
    await confirmIfAsked(page)
    await isBack(page)
    await second.dispose()
  })

  test('not with a mistyped key: it says so and nothing changes', async () => {
    const page = await ada.open(`${host.url}/settings`)
    await page.getByText('Enter a recovery key').click()
    const wrong = (recoveryKey[0] === '7' ? '8' : '7') + recoveryKey.slice(1)
    await page.getByLabel('Recovery key').fill(wrong)
    await page.getByRole('button', { name: 'Become this person' }).click()
    await confirmIfAsked(page)
    await page.getByText('mistyped').waitFor()
    await page.goto(host.url)
    await page.getByRole('link', { name: 'Notes' }).waitFor()
  })
})

async function isBack(page: Page): Promise<void> {
  await page.getByRole('link', { name: 'Notes' }).click()
  await untilText(page, 'Everything I know.')
  await page.getByRole('link', { name: 'Documents' }).click()
  await page.getByRole('link', { name: 'Ada Lovelace: you' }).waitFor()
}

async function nameYourself(page: Page, name: string): Promise<void> {
  await page.goto(`${host.url}/settings`)
  const field = page.getByLabel('Name', { exact: true })
  await field.fill(name)
  await field.press('Enter')
  await page.getByRole('link', { name: `${name}: you` }).waitFor()
}

async function makeRecoveryKey(page: Page): Promise<string> {
  await page.getByRole('button', { name: 'Make a recovery key' }).click()
  const dialog = page.getByRole('dialog')
  const key = await dialog.locator('input[readonly]').inputValue()
  await dialog.getByLabel('I have put it in a safe place').check()
  await dialog.getByRole('button', { name: 'Done' }).click()
  return key
}

async function confirmIfAsked(page: Page): Promise<void> {
  const dialog = page.getByRole('dialog')
  await dialog.getByRole('button').last().click()
}

async function clearStorage(browser: TestBrowser, origin: string): Promise<void> {
  const page = await browser.context().newPage()
  const session = await browser.context().newCDPSession(page)
  await session.send('Storage.clearDataForOrigin', { origin, storageTypes: 'all' })
  await page.close()
}

// Stands in for the SST CLI that a running config asks for builds and for the account's buckets.
import { mkdirSync, writeFileSync } from 'node:fs'
import http from 'node:http'
import path from 'node:path'
import { account } from './cloud.mjs'

/** @typedef {{ method: string, params: [Record<string, string>] }} Call */

/**
 * @param {string} folder for the builds it makes up
 * @returns {Promise<{ builds: string[] }>} handlers that were asked for
 */
export async function startSstServer(folder) {
  /** @type {string[]} */
  const builds = []
  const server = http.createServer((request, response) => {
    let text = ''
    request.on('data', (data) => (text += data))
    request.on('end', () => {
      /** @type {Call} */
      const { method, params } = JSON.parse(text)
      if (method === 'Runtime.Build' || method === 'Runtime.AddTarget') {
        builds.push(params[0]['handler'] ?? '')
      }
      const result = answerTo(method, params[0], folder)
      const answer =
        result === undefined ? { error: `rpc: can't find method ${method}` } : { result }
      // An open connection would keep the process.
      response.setHeader('connection', 'close')
      response.end(JSON.stringify(answer))
    })
  })
  await new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => resolve(undefined))
  })
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('No port')
  process.env['SST_SERVER'] = `http://127.0.0.1:${address.port}`
  server.unref()
  return { builds }
}

/**
 * @param {string} method
 * @param {Record<string, string>} asked
 * @param {string} folder
 * @returns {unknown}
 */
function answerTo(method, asked, folder) {
  switch (method) {
    case 'Provider.Aws.Bootstrap':
      return {
        asset: `sst-asset-${asked['region']}`,
        assetEcrRegistryId: account,
        assetEcrUrl: `${account}.dkr.ecr.${asked['region']}.amazonaws.com/sst-asset`,
        state: `sst-state-${asked['region']}`,
        appsyncHttp: 'http.invalid',
        appsyncRealtime: 'realtime.invalid'
      }
    case 'Provider.Aws.Appsync':
      return { http: 'http.invalid', realtime: 'realtime.invalid' }
    case 'Runtime.AddTarget':
      return true
    case 'Runtime.Build': {
      const out = path.join(folder, `${asked['functionID']}`)
      mkdirSync(out, { recursive: true })
      writeFileSync(path.join(out, 'bundle.mjs'), 'export const handler = 1')
      return { handler: 'bundle.handler', out, errors: [], sourcemaps: [] }
    }
    default:
      return undefined
  }
}

// A built bundle in a thread of its own: its own modules, environment variables and sockets, ended in the middle of anything.
import { createInterface } from 'node:readline'
import { pathToFileURL } from 'node:url'
import { Worker } from 'node:worker_threads'
import type { Code, CodeSurroundings, Invocation, LoadCode } from './code'

type Told =
  | { readonly kind: 'loaded' }
  | { readonly kind: 'unloadable'; readonly name: string; readonly message: string }
  | { readonly kind: 'done'; readonly result: string }
  | { readonly kind: 'failed'; readonly name: string; readonly message: string }

type Pending = { resolve(result: string): void; reject(cause: Error): void }

// As text, so that it runs from sources and from any bundle alike.
const runner = `
const { parentPort, workerData } = require('node:worker_threads')
const failure = (kind, thrown) => ({
  kind,
  name: thrown instanceof Error ? thrown.name : 'Error',
  message: thrown instanceof Error ? thrown.message : String(thrown)
})
import(workerData.url).then(
  (module) => {
    parentPort.on('message', async ({ event, invocation }) => {
      const { deadline, ...known } = invocation
      const context = { ...known, getRemainingTimeInMillis: () => deadline - Date.now() }
      try {
        const result = await module[workerData.name](JSON.parse(event), context)
        parentPort.postMessage({ kind: 'done', result: JSON.stringify(result ?? null) })
      } catch (thrown) {
        parentPort.postMessage(failure('failed', thrown))
      }
    })
    parentPort.postMessage({ kind: 'loaded' })
  },
  (thrown) => parentPort.postMessage(failure('unloadable', thrown))
)
`

/** The function that `file` exports under `name`. */
export function fromBundle(file: string, name = 'handler'): LoadCode {
  const url = pathToFileURL(file).href
  return (surroundings) => startThread({ url, name }, surroundings)
}

async function startThread(
  workerData: { readonly url: string; readonly name: string },
  { env, died, print }: CodeSurroundings
): Promise<Code> {
  const worker = new Worker(runner, { eval: true, workerData, env: { ...env }, stdout: true })
  createInterface({ input: worker.stdout }).on('line', print)
  let pending: Pending | null = null
  let ended = false
  const settle = (told: Told): void => {
    const waiting = pending
    pending = null
    if (told.kind === 'loaded') waiting?.resolve('')
    else if (told.kind === 'done') waiting?.resolve(told.result)
    else waiting?.reject(named(told.name, told.message))
  }
  const ask = (post: () => void): Promise<string> =>
    new Promise((resolve, reject) => {
      pending = { resolve, reject }
      post()
    })
  worker.on('message', settle)
  worker.on('error', (cause) => {
    const { name, message } = cause instanceof Error ? cause : new Error(String(cause))
    settle({ kind: 'failed', name, message })
  })
  worker.on('exit', () => {
    if (ended) return
    died()
    settle({ kind: 'failed', name: 'Runtime.ExitError', message: 'The runtime exited' })
  })
  const end = async (): Promise<void> => {
    ended = true
    await worker.terminate()
  }
  try {
    await ask(() => undefined)
  } catch (failure) {
    await end()
    throw failure
  }
  return {
    handle: (event: string, invocation: Invocation) =>
      ask(() => worker.postMessage({ event, invocation })),
    end
  }
}

function named(name: string, message: string): Error {
  const failure = new Error(message)
  failure.name = name
  return failure
}

// Folding and digests in a worker thread of its own: with a bounded heap, a time limit, and an end when idle.
import { Worker } from 'node:worker_threads'
import type { Folder } from '../../core/ports'
import { packUpdates, type FoldAnswer, type FoldRequest } from './fold-messages'

/** Heap of the thread, MB: folding a 260,000-keystroke history takes about 100. */
const heapMb = 512

/** How long one fold may take, ms: past it the history is one that Yjs does not get through. */
const foldTimeoutMs = 60_000

/** How long the thread stays without work, ms: an idle one holds some 15 MB. */
const idleMs = 30_000

export type ThreadFolder = Folder & { close(): Promise<void> }

/** Folds in a thread that runs `script`, the built fold-worker. One piece of work is under way at a time. */
export function createThreadFolder(script: string | URL): ThreadFolder {
  let worker: Worker | null = null
  let idle: NodeJS.Timeout | undefined
  let last: Promise<unknown> = Promise.resolve()

  function started(): Worker {
    clearTimeout(idle)
    if (worker !== null) return worker
    const made = new Worker(script, { resourceLimits: { maxOldGenerationSizeMb: heapMb } })
    // Folding never keeps the process alive, and a thread that died is not asked again.
    made.unref()
    made.on('exit', () => {
      if (worker === made) worker = null
    })
    made.on('error', () => void made.terminate())
    worker = made
    return made
  }

  async function workNow(
    wish: FoldRequest['wish'],
    updates: readonly Uint8Array[]
  ): Promise<Uint8Array> {
    const thread = started()
    try {
      const answer = await ask(thread, { wish, updates: packUpdates(updates) })
      if (answer.kind === 'failed') throw new Error(answer.reason)
      return answer.bytes
    } finally {
      idle = setTimeout(() => void thread.terminate(), idleMs)
      idle.unref()
    }
  }

  function inTurn(wish: FoldRequest['wish'], updates: readonly Uint8Array[]): Promise<Uint8Array> {
    const turn = last.then(() => workNow(wish, updates))
    last = turn.catch(() => undefined)
    return turn
  }

  return {
    fold: (updates) => inTurn('fold', updates),
    digest: (updates) => inTurn('digest', updates),
    async close() {
      clearTimeout(idle)
      await worker?.terminate()
    }
  }
}

/** One request and its answer; a thread that dies or takes too long is an error. */
function ask(thread: Worker, request: FoldRequest): Promise<FoldAnswer> {
  return new Promise((resolve, reject) => {
    const fail = (cause: Error): void => {
      settle()
      reject(cause)
    }
    const end = (code: number): void => fail(new Error(`The folding thread ended: ${code}`))
    const settle = (): void => {
      clearTimeout(limit)
      thread.off('message', succeed)
      thread.off('error', fail)
      thread.off('exit', end)
    }
    const succeed = (answer: FoldAnswer): void => {
      settle()
      resolve(answer)
    }
    const limit = setTimeout(() => {
      fail(new Error(`Folding took longer than ${foldTimeoutMs} ms`))
      void thread.terminate()
    }, foldTimeoutMs)
    thread.on('message', succeed)
    thread.on('error', fail)
    thread.on('exit', end)
    thread.postMessage(request, [request.updates.buffer])
  })
}

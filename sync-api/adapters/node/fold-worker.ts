// The thread that folds and makes digests: one request at a time, an answer for each.
import { parentPort } from 'node:worker_threads'
import { digestUpdates } from '../../core/digest'
import { foldUpdates } from '../../core/fold'
import { unpackUpdates, type FoldAnswer, type FoldRequest } from './fold-messages'

if (parentPort === null) throw new Error('fold-worker runs as a worker thread')
const relay = parentPort

relay.on('message', (request: FoldRequest) => relay.postMessage(answer(request)))

function answer({ wish, updates: packed }: FoldRequest): FoldAnswer {
  try {
    const updates = unpackUpdates(packed)
    return { kind: 'done', bytes: wish === 'fold' ? foldUpdates(updates) : digestUpdates(updates) }
  } catch (failure) {
    return { kind: 'failed', reason: failure instanceof Error ? failure.message : String(failure) }
  }
}

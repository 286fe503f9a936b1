// The thread that folds: one request at a time, an answer for each.
import { parentPort } from 'node:worker_threads'
import { foldUpdates } from '../../core/fold'
import { unpackUpdates, type FoldAnswer, type FoldRequest } from './fold-messages'

if (parentPort === null) throw new Error('fold-worker runs as a worker thread')
const relay = parentPort

relay.on('message', ({ updates }: FoldRequest) => relay.postMessage(answer(updates)))

function answer(packed: Uint8Array): FoldAnswer {
  try {
    return { kind: 'folded', update: foldUpdates(unpackUpdates(packed)) }
  } catch (failure) {
    return { kind: 'failed', reason: failure instanceof Error ? failure.message : String(failure) }
  }
}

// The operations that the stand-in knows: each is done by dynalite, and what it changed is stamped, streamed and replicated.
import { failed, isObject, type JsonAnswer, type JsonObject } from '../json-server'
import { noSuchTable, throttled, type OperationsParts } from './answers'
import { createBatches } from './batches'
import { hasKey, keyOf, keyText, type Item } from './items'
import { createReads } from './reads'
import { isConditionFailed } from './replica'

type Handler = (body: JsonObject) => Promise<JsonAnswer>

/** What dynalite does not know, and what the design must not lean on, each with the reason. */
const refused: Readonly<Record<string, string>> = {
  TransactWriteItems: 'Transactions are not replicated as a unit: the design uses none',
  TransactGetItems: 'Transactions are not replicated as a unit: the design uses none',
  ExecuteStatement: 'The stand-in knows no PartiQL',
  Scan: 'The design reads no whole table'
}

export function createOperations(
  parts: OperationsParts
): (operation: string, body: JsonObject) => Promise<JsonAnswer> {
  const { units } = parts
  const reads = createReads(parts)
  const batches = createBatches(parts)
  const handlers: Readonly<Record<string, Handler>> = {
    PutItem: (body) => write(parts, 'PutItem', body),
    DeleteItem: (body) => write(parts, 'DeleteItem', body),
    UpdateItem: (body) => write(parts, 'UpdateItem', body),
    GetItem: reads.getItem,
    Query: reads.query,
    BatchGetItem: reads.batchGetItem,
    BatchWriteItem: batches.batchWriteItem
  }
  return async (operation, body) => {
    units.calls += 1
    const handle = handlers[operation]
    if (handle !== undefined) return handle(body)
    const reason = refused[operation] ?? 'The stand-in does not know it'
    return failed(400, 'ValidationException', `${operation}: ${reason}`)
  }
}

async function write(
  parts: OperationsParts,
  operation: 'PutItem' | 'DeleteItem' | 'UpdateItem',
  body: JsonObject
): Promise<JsonAnswer> {
  const { storage, units } = parts
  const replica = parts.replicaOf(String(body['TableName']))
  if (replica === null) return noSuchTable()
  const { schema } = replica.definition
  const given = operation === 'PutItem' ? body['Item'] : body['Key']
  // Without a whole key dynalite says what is wrong with it.
  if (!hasKey(given, schema)) return storage.call(operation, body)
  const isUpdate = operation === 'UpdateItem'
  if (isUpdate && String(body['ReturnValues']).startsWith('UPDATED_')) {
    return failed(400, 'ValidationException', 'The stand-in returns no updated attributes alone')
  }
  if (!replica.reserve(given, operation === 'PutItem' ? given : null))
    return throttled(units, 'Write')
  const id = keyText(given, schema)
  let before: Item | null = null
  const attempt = async (): Promise<JsonAnswer> => {
    before = replica.imageOf(id)
    const sent = isUpdate ? { ...body, ReturnValues: 'ALL_NEW' } : body
    return storage.call(operation, sent)
  }
  const after = (answered: JsonObject): (Item | null)[] => {
    if (operation === 'PutItem') return [given]
    return [isUpdate && isObject(answered['Attributes']) ? answered['Attributes'] : null]
  }
  const answer = await replica.write([keyOf(given, schema)], attempt, after)
  return asAsked(body, answer, isUpdate, before)
}

/** What dynalite leaves out of an answer, or was asked for by us alone. */
function asAsked(
  asked: JsonObject,
  { status, body }: JsonAnswer,
  isUpdate: boolean,
  before: Item | null
): JsonAnswer {
  if (status === 200 && isUpdate) {
    const { Attributes: after, ...rest } = body
    if (asked['ReturnValues'] === 'ALL_NEW') return { status, body: { ...rest, Attributes: after } }
    const isOld = asked['ReturnValues'] === 'ALL_OLD' && before !== null
    return { status, body: isOld ? { ...rest, Attributes: before } : rest }
  }
  const isItemAsked = asked['ReturnValuesOnConditionCheckFailure'] === 'ALL_OLD'
  if (isConditionFailed({ status, body }) && isItemAsked && before !== null) {
    return { status, body: { ...body, Item: before } }
  }
  return { status, body }
}

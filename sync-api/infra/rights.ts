// What each function may do, with its own region's ARNs alone but for two questions to the other regions' replicas of the log.
// Each function has a role of its own.
import type { Parts } from './parts'
import { liveAlias, physicalFunctionName, socketStage, type FunctionName } from './names'
import type { Place } from './place'

type Right = {
  readonly actions: string[]
  readonly resources: $util.Input<string>[]
  readonly conditions?: { test: string; variable: string; values: string[] }[]
}

/** Read and append; every put is conditional. */
const appendActions = [
  'dynamodb:GetItem',
  'dynamodb:BatchGetItem',
  'dynamodb:Query',
  'dynamodb:PutItem'
]
/** Only who folds, or sweeps what folding left, may delete from the log. */
const foldActions = [
  ...appendActions,
  'dynamodb:UpdateItem',
  'dynamodb:DeleteItem',
  'dynamodb:BatchWriteItem'
]
const connectionActions = foldActions
/** Of the directory: codes are used once, links withdrawn. Its keys are no document's. */
const directoryActions = ['dynamodb:UpdateItem', 'dynamodb:DeleteItem']
const directoryKeys = ['F#*']
/** Elsewhere: what was told there and is not here yet, and to take a code where only one can be first. */
const directoryElsewhereActions = ['dynamodb:GetItem', 'dynamodb:DeleteItem']
/** Elsewhere: what else is known of somebody's rights, before they are refused. */
const consultActions = ['dynamodb:Query']
const rightsKeys = ['D#*/rights']
const streamActions = [
  'dynamodb:DescribeStream',
  'dynamodb:GetRecords',
  'dynamodb:GetShardIterator',
  'dynamodb:ListStreams'
]

export function functionRights(place: Place, parts: Parts): Record<FunctionName, Right[]> {
  const { region, stage } = place
  const { accountId } = aws.getCallerIdentityOutput()
  const log = parts.log.arnIn(region)
  const sync = `${physicalFunctionName($app.name, $app.stage, 'sync')}:${liveAlias}`
  const { executionArn } = parts.sockets.nodes.api
  const append = right(appendActions, log)
  const fold = right(foldActions, log)
  const directory = ofKeys(directoryKeys, directoryActions, [log])
  const others = stage.regions.filter((other) => other !== region).map(parts.log.arnIn)
  const elsewhere = (keys: string[], actions: string[]): Right[] =>
    others.length === 0 ? [] : [ofKeys(keys, actions, others)]
  const directoryElsewhere = elsewhere(directoryKeys, directoryElsewhereActions)
  const consult = elsewhere(rightsKeys, consultActions)
  const connections = right(connectionActions, parts.connections.arn)
  const publish = right(['events:PutEvents'], parts.bus.arn)
  const send = right(
    ['execute-api:ManageConnections'],
    $interpolate`${executionArn}/${socketStage}/*/@connections/*`
  )
  const askSync = right(
    ['lambda:InvokeFunction'],
    $interpolate`arn:aws:lambda:${region}:${accountId}:function:${sync}`
  )
  const giveUp = right(['sqs:SendMessage'], parts.undelivered.arn)
  const readStream = right(streamActions, parts.log.streamArnIn(region))
  return {
    authorizer: [],
    socket: [append, ...consult, connections, publish, send, askSync],
    http: [
      ...[append, directory, ...directoryElsewhere, ...consult],
      ...[connections, publish, send, askSync]
    ],
    sync: [fold, ...consult, connections, publish, send, askSync, giveUp],
    relay: [append, connections, send, askSync],
    stream: [append, connections, send, askSync, readStream, giveUp],
    tick: [fold, connections, send, askSync]
  }
}

/** To partitions of these names alone. */
function ofKeys(keys: string[], actions: string[], resources: $util.Input<string>[]): Right {
  const condition = { test: 'ForAllValues:StringLike', variable: 'dynamodb:LeadingKeys' }
  return { actions, resources, conditions: [{ ...condition, values: keys }] }
}

function right(actions: string[], resource: $util.Input<string>): Right {
  return { actions, resources: [resource] }
}

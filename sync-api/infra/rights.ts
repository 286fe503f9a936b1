// What each function may do, with its own region's ARNs alone. Each function has a role of its own.
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
const streamActions = [
  'dynamodb:DescribeStream',
  'dynamodb:GetRecords',
  'dynamodb:GetShardIterator',
  'dynamodb:ListStreams'
]

export function functionRights(place: Place, parts: Parts): Record<FunctionName, Right[]> {
  const { region } = place
  const { accountId } = aws.getCallerIdentityOutput()
  const log = parts.log.arnIn(region)
  const sync = `${physicalFunctionName($app.name, $app.stage, 'sync')}:${liveAlias}`
  const { executionArn } = parts.sockets.nodes.api
  const append = right(appendActions, log)
  const fold = right(foldActions, log)
  const directory = {
    ...right(directoryActions, log),
    conditions: [
      { test: 'ForAllValues:StringLike', variable: 'dynamodb:LeadingKeys', values: directoryKeys }
    ]
  }
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
    socket: [append, directory, connections, publish, send, askSync],
    http: [append, directory, connections, publish, send, askSync],
    sync: [fold, connections, publish, send, giveUp],
    relay: [append, connections, send, askSync],
    stream: [append, connections, send, askSync, readStream, giveUp],
    tick: [fold, connections, send, askSync]
  }
}

function right(actions: string[], resource: $util.Input<string>): Right {
  return { actions, resources: [resource] }
}

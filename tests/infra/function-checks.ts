// Functions: who calls which version, what is kept warm, what each may do.
import { functionNames, liveAlias } from '../../sync-api/infra/names'
import { metricNames, metricNamespace } from '../../sync-api/adapters/aws/metric-names'
import { at, every, listAt, textAt, type Evaluated, type Json, type Resource } from './evaluated'
import { inlineStatements, regionInArn, trusted, type Statement } from './policies'
import { regionsOf, type Check } from './region-checks'

const calledAlias = new RegExp(`:function:[\\w-]+:${liveAlias}(/invocations)?$`)

/** Everything that names a function to call, by where the name stands. */
const callers = [
  ['apigatewayv2/integration:Integration', 'integrationUri'],
  ['apigatewayv2/authorizer:Authorizer', 'authorizerUri'],
  ['lambda/eventSourceMapping:EventSourceMapping', 'functionName'],
  ['cloudwatch/eventTarget:EventTarget', 'arn']
] as const

export const everythingCallsTheAlias: Check = (evaluated) => [
  ...callers.flatMap(([type, field]) =>
    every(evaluated, type)
      .map(({ name, inputs }) => ({ name, called: textAt(inputs, field) }))
      .filter(({ called }) => called.includes(':lambda:') && !calledAlias.test(called))
      .map(({ name, called }) => `${name} calls ${called}`)
  ),
  ...every(evaluated, 'lambda/permission:Permission')
    .filter(({ inputs }) => at(inputs, 'qualifier') !== liveAlias)
    .map(({ name }) => `${name} is not for the alias`),
  ...every(evaluated, 'lambda/alias:Alias')
    .filter(({ inputs }) => !/^\d+$/.test(textAt(inputs, 'functionVersion')))
    .map(({ name }) => `${name} is no version`)
]

export const everyTriggerHasItsHandler: Check = ({ builds }) =>
  functionNames
    .map((name) => `sync-api/hosts/lambda/${name}.handler`)
    .filter((handler) => !builds.includes(handler))
    .map((handler) => `${handler} is not deployed`)

export const warmFunctionsAreScaled: Check = (evaluated) => {
  const warm = every(evaluated, 'lambda/provisionedConcurrencyConfig:ProvisionedConcurrencyConfig')
  return warm.flatMap(({ name, region, inputs }) => {
    const resource = `function:${textAt(inputs, 'functionName')}:${liveAlias}`
    const of = (type: string): Resource[] =>
      every(evaluated, type, region).filter((one) => at(one.inputs, 'resourceId') === resource)
    const targets = of('appautoscaling/target:Target')
    const byUse = of('appautoscaling/policy:Policy').filter(
      (policy) =>
        at(
          policy.inputs,
          'targetTrackingScalingPolicyConfiguration',
          'predefinedMetricSpecification',
          'predefinedMetricType'
        ) === 'LambdaProvisionedConcurrencyUtilization'
    )
    return [
      ...(at(inputs, 'qualifier') === liveAlias ? [] : [`${name} warms what nobody calls`]),
      ...(targets.length === 1 ? [] : [`${name} cannot grow`]),
      ...(byUse.length === 1 ? [] : [`${name} does not follow its use`])
    ]
  })
}

/** Nothing else scales what Lambda keeps warm: AWS refuses step scaling of it. */
export const onlyTargetTrackingScales: Check = (evaluated) =>
  every(evaluated, 'appautoscaling/policy:Policy')
    .filter(({ inputs }) => at(inputs, 'policyType') !== 'TargetTrackingScaling')
    .map(({ name }) => `${name} is a kind of scaling that Lambda does not have`)

export const socketsFollowPeople: Check = (evaluated) =>
  regionsOf(evaluated).flatMap((region) => {
    const followed = every(evaluated, 'appautoscaling/policy:Policy', region)
      .filter(({ inputs }) => textAt(inputs, 'resourceId').includes('-socket:'))
      .map(({ inputs }) =>
        listAt(
          inputs,
          'targetTrackingScalingPolicyConfiguration',
          'customizedMetricSpecification',
          'metrics'
        )
      )
      .find((metrics) => metrics.length > 0)
    if (followed === undefined) return [`${region} does not follow people`]
    const metrics = followed.map((one) => at(one, 'metricStat', 'metric'))
    const people = metrics.some(
      (metric) =>
        at(metric, 'namespace') === metricNamespace &&
        at(metric, 'metricName') === metricNames.people &&
        at(metric, 'dimensions', 0, 'value') === region
    )
    // By capacity: target tracking would never stop adding to what does not fall with it.
    const capacity = ['ProvisionedConcurrentExecutions', 'ProvisionedConcurrencyUtilization'].every(
      (name) =>
        metrics.some(
          (metric) =>
            at(metric, 'metricName') === name &&
            textAt(metric, 'dimensions', 1, 'value').endsWith(`-socket:${liveAlias}`)
        )
    )
    const answers = followed.filter((one) => at(one, 'returnData') === true)
    return [
      ...(people ? [] : [`${region} follows something else than its people`]),
      ...(capacity ? [] : [`${region} does not divide its people by what is warm`]),
      ...(answers.length === 1 ? [] : [`${region} follows ${answers.length} values`])
    ]
  })

/** Of a size that keeps more: the authorizer too, and by the time of day. */
export const authorizerIsWarmAndWorkdaysAreReady: Check = (evaluated) =>
  regionsOf(evaluated).flatMap((region) => {
    const warm = every(
      evaluated,
      'lambda/provisionedConcurrencyConfig:ProvisionedConcurrencyConfig',
      region
    ).map(({ inputs }) => textAt(inputs, 'functionName').split('-').at(-1))
    const scheduled = every(evaluated, 'appautoscaling/scheduledAction:ScheduledAction', region)
    return [
      ...(warm.includes('authorizer') ? [] : [`${region}'s authorizer is cold`]),
      ...(scheduled.length === 4 ? [] : [`${region} does not know workdays`])
    ]
  })

export const rightsAreTheRegionsOwn: Check = (evaluated) =>
  functionRoles(evaluated).flatMap(({ role, region }) =>
    inlineStatements(role).flatMap((statement) =>
      statement.resources.flatMap((arn) => {
        if (arn === '*') return [`${role.name} may touch everything`]
        const mayAsk = isQuestionOf(questions.rights, statement, arn)
        const mayTake = isQuestionOf(questions.directory, statement, arn)
        const fine = regionInArn(arn) === region || mayAsk || mayTake
        return fine ? [] : [`${role.name} may touch ${arn}`]
      })
    )
  )

/** What a function may ask the log of another region, and of which partitions. */
const questions = {
  rights: { actions: ['dynamodb:Query'], keys: ['D#*/rights'] },
  directory: { actions: ['dynamodb:GetItem', 'dynamodb:DeleteItem'], keys: ['F#*'] }
}

type Question = (typeof questions)[keyof typeof questions]

function isQuestionOf(question: Question, statement: Statement, arn: string): boolean {
  const { actions, condition } = statement
  return (
    arn.includes(':dynamodb:') &&
    actions.every((action) => question.actions.includes(action)) &&
    areTheKeys(condition, question.keys)
  )
}

/** Before it refuses somebody a region asks the others, and a code is taken where it was made. */
export const regionsMayAskEachOther: Check = (evaluated) => {
  const regions = regionsOf(evaluated)
  return functionRoles(evaluated).flatMap(({ role, region, name }) => {
    const asked = (question: Question): readonly string[] =>
      inlineStatements(role).flatMap((statement) =>
        statement.resources
          .filter((arn) => isQuestionOf(question, statement, arn))
          .map(regionInArn)
          .filter((other) => other !== region)
      )
    const isWhole = (question: Question): boolean => asked(question).length === regions.length - 1
    const consults = ['socket', 'http', 'sync'].includes(name)
    return [
      ...(consults && !isWhole(questions.rights) ? [`${role.name} refuses without asking`] : []),
      ...(name === 'http' && !isWhole(questions.directory)
        ? [`${role.name} finds no code of another region`]
        : [])
    ]
  })
}

export const everyFunctionHasItsOwnRole: Check = (evaluated) => {
  const functions = every(evaluated, 'lambda/function:Function')
  const roles = new Set(functionRoles(evaluated).map(({ role }) => role.name))
  return [
    ...(roles.size === functions.length ? [] : ['Functions share a role, or have none of ours']),
    ...functionRoles(evaluated)
      .filter(({ role }) => !trusted(role).includes('lambda.amazonaws.com'))
      .map(({ role }) => `${role.name} is not for Lambda`),
    ...functionRoles(evaluated)
      .filter(({ role }) => trusted(role).includes(':root'))
      .map(({ role }) => `${role.name} may be taken by users of the account`)
  ]
}

export const onlyFoldingDeletes: Check = (evaluated) => {
  const logs = every(evaluated, 'dynamodb/table:Table')
    .filter(({ inputs }) => at(inputs, 'streamEnabled') === true)
    .map(({ inputs }) => `table/${textAt(inputs, 'name')}`)
  return functionRoles(evaluated)
    .filter(({ name }) => name !== 'sync' && name !== 'tick')
    .filter(({ role }) =>
      inlineStatements(role).some(
        ({ actions, resources, condition }) =>
          !isOfTheDirectory(condition) &&
          actions.some((action) => /Delete|BatchWrite|\*/.test(action)) &&
          resources.some((arn) => logs.some((log) => arn.endsWith(log)))
      )
    )
    .map(({ role }) => `${role.name} may delete from the log`)
}

export const foldingHasAFunctionOfItsOwn: Check = (evaluated) =>
  regionsOf(evaluated).flatMap((region) => {
    const [retries] = every(
      evaluated,
      'lambda/functionEventInvokeConfig:FunctionEventInvokeConfig',
      region
    )
    const ask = functionRoles(evaluated)
      .filter((one) => one.region === region && one.name !== 'sync')
      .filter(({ role }) =>
        inlineStatements(role).some(({ actions, resources }) => {
          const invokes = actions.includes('lambda:InvokeFunction')
          return invokes && resources.every((arn) => arn.endsWith(`-sync:${liveAlias}`))
        })
      )
    return [
      ...(ask.length >= 2 ? [] : [`Nobody in ${region} may ask for a fold`]),
      ...(textAt(retries?.inputs, 'functionName').endsWith('-sync')
        ? []
        : [`${region} folds for ever what fails`])
    ]
  })

/** Whether it keeps a right to keys that are no document's. */
function isOfTheDirectory(condition: Json | undefined): boolean {
  return areTheKeys(condition, ['F#*'])
}

/** Whether it keeps a right to partitions of these names. */
function areTheKeys(condition: Json | undefined, keys: readonly string[]): boolean {
  const variable = at(condition, 0, 'variable')
  return (
    variable === 'dynamodb:LeadingKeys' && listAt(condition, 0, 'values').join() === keys.join()
  )
}

type FunctionRole = { readonly role: Resource; readonly region: string; readonly name: string }

/** The roles of functions, each with the function's name without stage. */
function functionRoles(evaluated: Evaluated): FunctionRole[] {
  const roles = every(evaluated, 'iam/role:Role')
  return every(evaluated, 'lambda/function:Function').flatMap(({ region, inputs }) => {
    const role = roles.find(({ outputs }) => at(outputs, 'arn') === at(inputs, 'role'))
    const name = textAt(inputs, 'name').split('-').at(-1) ?? ''
    return role === undefined ? [] : [{ role, region, name }]
  })
}

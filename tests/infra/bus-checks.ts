// The buses: a full mesh of one hop, and nothing given up without a trace.
import { busDetailType, busSource } from '../../sync-api/adapters/aws/deployed-names'
import { at, every, jsonAt, listAt, textAt, type Evaluated, type Resource } from './evaluated'
import { inlineStatements, regionInArn, statementsOf } from './policies'
import { regionsOf, type Check } from './region-checks'

export const busesAreAFullMesh: Check = (evaluated) => {
  const regions = regionsOf(evaluated)
  const found = links(evaluated).map(({ from, to }) => `${from} to ${to}`)
  const wanted = regions.flatMap((from) =>
    regions.filter((to) => to !== from).map((to) => `${from} to ${to}`)
  )
  return [
    ...wanted.filter((link) => !found.includes(link)).map((link) => `No link from ${link}`),
    ...found
      .filter((link, index) => !wanted.includes(link) || found.indexOf(link) !== index)
      .map((link) => `A link too many from ${link}`)
  ]
}

export const regionsForwardOnlyTheirOwn: Check = (evaluated) =>
  links(evaluated).flatMap(({ rule, from, target, to }) => {
    const pattern = jsonAt(rule?.inputs, 'eventPattern')
    const own = listAt(pattern, 'detail', 'region')
    const roles = every(evaluated, 'iam/role:Role').filter(
      ({ outputs }) => at(outputs, 'arn') === at(target.inputs, 'roleArn')
    )
    const may = roles.flatMap(inlineStatements)
    const exact =
      may.length === 1 &&
      may[0]?.actions.join() === 'events:PutEvents' &&
      may[0].resources.join() === at(target.inputs, 'arn')
    return [
      ...(rule?.region === from ? [] : [`${target.name} belongs to no rule of ${from}`]),
      ...(own.length === 1 && own[0] === from ? [] : [`${target.name} passes on others' events`]),
      ...(isOurs(pattern) ? [] : [`${target.name} passes on what is not an entry`]),
      ...(exact ? [] : [`${target.name} may put more than events into ${to}`])
    ]
  })

/** The fast path's end: told of every region but its own. */
export const everyRegionHearsTheOthers: Check = (evaluated) =>
  regionsOf(evaluated).flatMap((region) => {
    const rules = busRules(evaluated, region).filter(({ name }) => name.includes('Relay'))
    return rules.flatMap((rule) => {
      const pattern = jsonAt(rule.inputs, 'eventPattern')
      const but = listAt(pattern, 'detail', 'region', 0, 'anything-but')
      const targets = targetsOf(evaluated, rule)
      return [
        ...(but.length === 1 && but[0] === region ? [] : [`${rule.name} hears its own region`]),
        ...(isOurs(pattern) ? [] : [`${rule.name} hears what is not an entry`]),
        ...(targets.some((target) => textAt(target.inputs, 'arn').includes('-relay:'))
          ? []
          : [`${rule.name} tells nobody`])
      ]
    })
  })

export const nothingIsGivenUpSilently: Check = (evaluated) => {
  const targets = every(evaluated, 'cloudwatch/eventTarget:EventTarget').filter(
    ({ inputs }) => at(inputs, 'eventBusName') !== undefined
  )
  return targets.flatMap((target) => {
    const queue = textAt(target.inputs, 'deadLetterConfig', 'arn')
    const bus = textAt(target.inputs, 'eventBusName')
    const admitted = every(evaluated, 'sqs/queuePolicy:QueuePolicy', target.region)
      .flatMap(({ inputs }) => statementsOf(jsonAt(inputs, 'policy')))
      .some(
        ({ actions, resources, principal, condition }) =>
          actions.includes('sqs:SendMessage') &&
          resources.includes(queue) &&
          at(principal, 'Service') === 'events.amazonaws.com' &&
          textAt(condition, 'ArnLike', 'aws:SourceArn').endsWith(`:rule/${bus}/*`)
      )
    return [
      ...(regionInArn(queue) === target.region
        ? []
        : [`${target.name} has no queue in its region`]),
      ...(admitted ? [] : [`${target.name}'s queue does not admit it`]),
      ...(at(target.inputs, 'retryPolicy') === undefined ? [`${target.name} tries for a day`] : [])
    ]
  })
}

type Link = {
  readonly target: Resource
  readonly rule: Resource | undefined
  readonly from: string
  readonly to: string
}

/** Targets that are another region's bus. */
function links(evaluated: Evaluated): Link[] {
  const rules = every(evaluated, 'cloudwatch/eventRule:EventRule')
  return every(evaluated, 'cloudwatch/eventTarget:EventTarget')
    .filter(({ inputs }) => textAt(inputs, 'arn').includes(':event-bus/'))
    .map((target) => ({
      target,
      rule: rules.find(({ outputs }) => at(outputs, 'name') === at(target.inputs, 'rule')),
      from: target.region,
      to: regionInArn(textAt(target.inputs, 'arn'))
    }))
}

function busRules(evaluated: Evaluated, region: string): Resource[] {
  return every(evaluated, 'cloudwatch/eventRule:EventRule', region).filter(
    ({ inputs }) => at(inputs, 'eventBusName') !== undefined
  )
}

function targetsOf(evaluated: Evaluated, rule: Resource): Resource[] {
  return every(evaluated, 'cloudwatch/eventTarget:EventTarget', rule.region).filter(
    ({ inputs }) => at(inputs, 'rule') === at(rule.outputs, 'name')
  )
}

function isOurs(pattern: ReturnType<typeof jsonAt>): boolean {
  return (
    listAt(pattern, 'source').join() === busSource &&
    listAt(pattern, 'detail-type').join() === busDetailType
  )
}

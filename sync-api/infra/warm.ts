// Provisioned concurrency of a function's alias, and what adds to it: utilisation, people, the time of day.
import { metricNames, metricNamespace } from './metric-names'
import { componentName } from './names'
import type { Live } from './functions'
import type { Place } from './place'
import type { Warm } from './stages'

/** Share of the warm environments that may be busy before more are made. */
const utilisation = 0.7
/** People connected, and the warm environments they get: each answers some 30 messages a second. */
const stepsByPeople = [
  { people: 200, environments: 2 },
  { people: 1000, environments: 5 },
  { people: 5000, environments: 20 }
]

type Scaled = {
  readonly place: Place
  readonly title: string
  readonly target: aws.appautoscaling.Target
  readonly warm: Warm
}

/** `title` is of the components: `Socket`. */
export function keepWarm(place: Place, title: string, { name, alias }: Live, warm: Warm): void {
  const { region, options } = place
  const provisioned = new aws.lambda.ProvisionedConcurrencyConfig(
    componentName(`${title}Warm`, region),
    {
      functionName: name,
      qualifier: alias.name,
      provisionedConcurrentExecutions: warm.min
    },
    // Scaling changes the number.
    { ...options, ignoreChanges: ['provisionedConcurrentExecutions'] }
  )
  const target = new aws.appautoscaling.Target(
    componentName(`${title}Scaling`, region),
    {
      serviceNamespace: 'lambda',
      scalableDimension: 'lambda:function:ProvisionedConcurrency',
      resourceId: $interpolate`function:${name}:${alias.name}`,
      minCapacity: warm.min,
      maxCapacity: warm.max
    },
    { ...options, dependsOn: [provisioned] }
  )
  const scaled = { place, title, target, warm }
  followUtilisation(scaled)
  if (title === 'Socket') followPeople(scaled)
  if (warm.workdayMin !== undefined) followWorkdays(scaled, warm.workdayMin)
}

function policyOf(target: aws.appautoscaling.Target) {
  return {
    serviceNamespace: target.serviceNamespace,
    scalableDimension: target.scalableDimension,
    resourceId: target.resourceId
  }
}

function followUtilisation({ place, title, target }: Scaled): void {
  new aws.appautoscaling.Policy(
    componentName(`${title}ByUse`, place.region),
    {
      ...policyOf(target),
      name: 'by-use',
      policyType: 'TargetTrackingScaling',
      targetTrackingScalingPolicyConfiguration: {
        targetValue: utilisation,
        predefinedMetricSpecification: {
          predefinedMetricType: 'LambdaProvisionedConcurrencyUtilization'
        }
      }
    },
    place.options
  )
}

// People come before their messages: with them the environments are there at the first.
function followPeople({ place, title, target, warm }: Scaled): void {
  const { region, options } = place
  const first = stepsByPeople[0].people
  const policy = new aws.appautoscaling.Policy(
    componentName(`${title}ByPeople`, region),
    {
      ...policyOf(target),
      name: 'by-people',
      policyType: 'StepScaling',
      stepScalingPolicyConfiguration: {
        adjustmentType: 'ExactCapacity',
        metricAggregationType: 'Maximum',
        cooldown: 60,
        stepAdjustments: stepsByPeople.map(({ people, environments }, index) => {
          const next = stepsByPeople.at(index + 1)
          return {
            scalingAdjustment: Math.min(Math.max(environments, warm.min), warm.max),
            metricIntervalLowerBound: String(people - first),
            ...(next === undefined ? {} : { metricIntervalUpperBound: String(next.people - first) })
          }
        })
      }
    },
    options
  )
  new aws.cloudwatch.MetricAlarm(
    componentName(`${title}People`, region),
    {
      name: `${$app.name}-${$app.stage}-people-${region}`,
      alarmDescription: 'Many people are connected: more environments are kept warm.',
      namespace: metricNamespace,
      metricName: metricNames.people,
      dimensions: { region },
      statistic: 'Maximum',
      period: 60,
      evaluationPeriods: 1,
      threshold: first,
      comparisonOperator: 'GreaterThanOrEqualToThreshold',
      treatMissingData: 'notBreaching',
      alarmActions: [policy.arn]
    },
    options
  )
}

function followWorkdays({ place, title, target, warm }: Scaled, workdayMin: number): void {
  const hours = [
    { when: 'Morning', at: 'cron(45 6 ? * MON-FRI *)', minCapacity: workdayMin },
    { when: 'Evening', at: 'cron(0 19 ? * MON-FRI *)', minCapacity: warm.min }
  ]
  for (const { when, at, minCapacity } of hours) {
    new aws.appautoscaling.ScheduledAction(
      componentName(`${title}${when}`, place.region),
      {
        ...policyOf(target),
        name: when.toLowerCase(),
        schedule: at,
        timezone: 'UTC',
        scalableTargetAction: { minCapacity, maxCapacity: warm.max }
      },
      place.options
    )
  }
}

// Provisioned concurrency of a function's alias, and what adds to it: utilisation, people, the time of day.
import { metricNames, metricNamespace } from '../adapters/aws/metric-names'
import { componentName, liveAlias } from './names'
import type { Live } from './functions'
import type { Place } from './place'
import type { Warm } from './stages'

/** Share of the warm environments that may be busy before more are made. */
const utilisation = 0.7
/** People for whom one environment is kept warm: it answers some 30 messages a second, and few of them write at once. */
const peoplePerEnvironment = 100

type Scaled = {
  readonly place: Place
  readonly title: string
  readonly target: aws.appautoscaling.Target
  readonly warm: Warm
}

/** `title` is of the components: `Socket`. */
export function keepWarm(place: Place, title: string, live: Live, warm: Warm): void {
  const { region, options } = place
  const { name, alias } = live
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
  if (title === 'Socket') followPeople({ ...scaled, socket: live })
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

/**
 * People come before their messages: with them the environments are there at the first. Lambda knows no step scaling, and target
 * tracking wants a metric that falls as capacity rises. So it follows people per warm environment; how many those are no metric
 * tells, but what is busy, divided by the share that this is, does. While nobody sends anything there is no value, and nothing moves.
 */
function followPeople({ place, title, target, socket }: Scaled & { socket: Live }): void {
  const { region, options } = place
  const ofAlias = (metricName: string) => ({
    namespace: 'AWS/Lambda',
    metricName,
    dimensions: [
      { name: 'FunctionName', value: socket.name },
      { name: 'Resource', value: `${socket.name}:${liveAlias}` }
    ]
  })
  const people = {
    namespace: metricNamespace,
    metricName: metricNames.people,
    dimensions: [{ name: 'region', value: region }]
  }
  new aws.appautoscaling.Policy(
    componentName(`${title}ByPeople`, region),
    {
      ...policyOf(target),
      name: 'by-people',
      policyType: 'TargetTrackingScaling',
      targetTrackingScalingPolicyConfiguration: {
        targetValue: peoplePerEnvironment,
        customizedMetricSpecification: {
          metrics: [
            highest('people', people),
            highest('busy', ofAlias('ProvisionedConcurrentExecutions')),
            highest('share', ofAlias('ProvisionedConcurrencyUtilization')),
            { id: 'each', expression: 'people / (busy / share)', returnData: true }
          ]
        }
      }
    },
    options
  )
}

/** A metric's highest value of a minute, as part of an expression. */
function highest<Metric>(id: string, metric: Metric) {
  return { id, metricStat: { metric, stat: 'Maximum' }, returnData: false }
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

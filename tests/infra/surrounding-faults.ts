// Faults to plant in what surrounds the functions: network, watching, limits.
import type { Fault } from './planting'

/** A security group's door for everybody. */
const open = { protocol: '-1', fromPort: 0, toPort: 0, cidrBlocks: ['0.0.0.0/0'] }

export const surroundingFaults: readonly Fault[] = [
  {
    check: 'everyRegionHasItsParts',
    fault: 'a bus is in the wrong region',
    type: 'cloudwatch/eventBus:EventBus',
    name: 'Buseuwest1',
    movedTo: 'us-east-1'
  },
  {
    check: 'everyRegionHasItsNetwork',
    fault: 'a region has no NAT instance',
    type: 'ec2/instance:Instance',
    removed: true
  },
  {
    check: 'functionsReachTheWorldThroughNat',
    fault: 'the NAT instance drops packets',
    type: 'ec2/instance:Instance',
    at: ['sourceDestCheck'],
    value: true
  },
  {
    check: 'functionsReachTheWorldThroughNat',
    fault: 'a function stands outside',
    type: 'lambda/function:Function',
    name: 'Relay',
    at: ['vpcConfig'],
    value: undefined
  },
  {
    check: 'tablesNeedNoNat',
    fault: "the endpoint is another service's",
    type: 'ec2/vpcEndpoint:VpcEndpoint',
    at: ['serviceName'],
    value: 'com.amazonaws.us-east-1.s3'
  },
  {
    check: 'nobodyReachesIn',
    fault: 'the cache is open to the world',
    type: 'ec2/securityGroup:SecurityGroup',
    name: 'CacheGroup',
    at: ['ingress', 0],
    value: open
  },
  {
    check: 'natIsAnInstance',
    fault: 'the NAT instance is large',
    type: 'ec2/instance:Instance',
    at: ['instanceType'],
    value: 't4g.large'
  },
  {
    check: 'everyRegionIsWatched',
    fault: 'an alarm tells nobody',
    type: 'cloudwatch/metricAlarm:MetricAlarm',
    name: 'AlarmLag',
    at: ['alarmActions'],
    value: []
  },
  {
    check: 'breakersAreWatched',
    fault: 'nobody hears of breakers',
    type: 'cloudwatch/metricAlarm:MetricAlarm',
    name: 'AlarmBreakers',
    removed: true
  },
  {
    check: 'theDashboardShowsEveryRegion',
    fault: 'the dashboard shows what nobody writes',
    type: 'cloudwatch/dashboard:Dashboard',
    at: ['dashboardBody'],
    text: ['"people"', '"persons"']
  },
  {
    check: 'everyHandlerKnowsItsEnvironment',
    fault: 'a handler lacks the bus',
    type: 'lambda/function:Function',
    at: ['environment', 'variables', 'MERIDIAN_BUS'],
    value: undefined
  },
  {
    check: 'environmentsFit',
    fault: 'an environment is above 4 KB',
    type: 'lambda/function:Function',
    at: ['environment', 'variables', 'MERIDIAN_TICKET_KEY'],
    value: 'k'.repeat(4096)
  },
  {
    check: 'nothingIsTooLong',
    fault: "a function's name is above 64",
    type: 'lambda/function:Function',
    at: ['name'],
    value: 'f'.repeat(65)
  },
  {
    check: 'nothingIsTooLong',
    fault: 'a pattern is above 2,048',
    type: 'cloudwatch/eventRule:EventRule',
    name: 'Mesh',
    at: ['eventPattern'],
    value: 'p'.repeat(2049)
  },
  {
    check: 'nothingIsTooLong',
    fault: 'the edge function is above 10 KB',
    type: 'cloudfront/function:Function',
    at: ['code'],
    value: 'c'.repeat(10_241)
  },
  {
    check: 'rulesHaveFewTargets',
    fault: 'a rule has no target',
    type: 'cloudwatch/eventTarget:EventTarget',
    name: 'MinuteTarget',
    removed: true
  },
  {
    check: 'answersComeInTime',
    fault: 'a handler may take longer than API Gateway waits',
    type: 'lambda/function:Function',
    name: 'Http',
    at: ['timeout'],
    value: 30
  },
  {
    check: 'functionsAreArm',
    fault: 'a function is not arm64',
    type: 'lambda/function:Function',
    at: ['architectures'],
    value: ['x86_64']
  }
]

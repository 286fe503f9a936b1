// EventBridge: a bus in each region and the rules between them.
import type { Section } from './fact'

const quotas = 'User guide, “Amazon EventBridge quotas”'
const retries = 'User guide, “Event retry policy and using dead-letter queues”'

export const eventBridgeFacts: Section = {
  service: 'EventBridge',
  facts: [
    {
      fact: 'entries of a call',
      value: 'at most 10',
      source: 'API reference, PutEvents',
      test: ['a call of PutEvents', 'has at most 10 entries']
    },
    {
      fact: 'size of a call’s entries',
      value: 'at most 1 MB, counted without JSON',
      source: 'AWS Compute blog, 2026-01-29; User guide, “Calculating PutEvents event entry size”',
      test: ['a call of PutEvents', 'has at most 1 MB of entries together']
    },
    {
      fact: 'bill of an event',
      value: 'one for each started 64 KB',
      source: 'EventBridge pricing page',
      test: ['a call of PutEvents', 'is billed as one event for each started 64 KB']
    },
    {
      fact: 'failures within a call',
      value: 'each entry has its own answer; the call succeeds',
      source: 'API reference, PutEventsResultEntry',
      test: ['a call of PutEvents', 'says which entries failed, and takes the others']
    },
    {
      fact: 'failures of good entries',
      value: 'InternalFailure, to be tried again',
      source: 'API reference, PutEventsResultEntry',
      test: ['a call of PutEvents', 'may fail for good entries too']
    },
    {
      fact: 'calls in a second',
      value: '10,000 in us-east-1 and eu-west-1, 1,200 in ap-southeast-1',
      source: quotas,
      test: [
        'a call of PutEvents',
        'is throttled above 1,200 a second in ap-southeast-1, and not in the others'
      ]
    },
    {
      fact: 'endpoint and credentials',
      value: 'of one region',
      source: 'AWS General Reference, “Signing AWS API requests”',
      test: [
        'a call of PutEvents',
        'is refused to a bus that is not there, and from a client of another region'
      ]
    },
    {
      fact: 'buses of other regions',
      value: 'are targets of rules',
      source: 'User guide, “Sending and receiving events between Regions”',
      test: ['the mesh', 'brings an event to each other region after its delays, and not back']
    },
    {
      fact: 'event from another region',
      value: 'keeps the region where it was put, and says nothing else of its way',
      source: 'seen on AWS by others (2026-09)',
      test: [
        'the mesh',
        'leaves the region in an event that came from another, and says nothing else of it'
      ]
    },
    {
      fact: 'order',
      value: 'none',
      source: 'User guide, “Events”: no promise of one',
      test: ['the mesh', 'changes the order of events']
    },
    {
      fact: 'delivery',
      value: 'at least once',
      source: 'User guide, “Level of delivery”',
      test: ['the mesh', 'may deliver an event again']
    },
    {
      fact: 'second hop from bus to bus',
      value: 'refused, with THIRD_ACCOUNT_HOP_DETECTED among the dead letters',
      source: 'User guide, “Bus to bus”; seen on AWS by others (2026-10); LocalStack delivers it',
      test: ['the mesh', 'refuses a second hop with THIRD_ACCOUNT_HOP_DETECTED']
    },
    {
      fact: 'event from another bus',
      value: 'is a second charge; that it counts in the quota of calls is assumed',
      source: 'EventBridge pricing page',
      test: ['the mesh', 'counts what arrives from elsewhere as put there, in its quota too']
    },
    {
      fact: 'delivery that fails',
      value: 'tried again, exponentially later, with jitter',
      source: retries,
      test: ['a delivery that fails', 'is tried again, later each time, until it succeeds']
    },
    {
      fact: 'maximum age of an event',
      value: 'then to the queue of the rule’s own region',
      source: retries,
      test: [
        'a delivery that fails',
        'ends among the dead letters of its own region at its maximum age'
      ]
    },
    {
      fact: 'maximum of retries',
      value: 'then to the queue',
      source: retries,
      test: ['a delivery that fails', 'ends among the dead letters after its retries']
    },
    {
      fact: 'invocations of targets',
      value: '18,750, 18,750 and 2,250 a second; the rest comes later',
      source: quotas,
      test: ['above a quota of targets', 'events come later: 2,250 a second in ap-southeast-1']
    },
    {
      fact: 'pattern',
      value: 'all fields must match, any value of a list',
      source: 'User guide, “Event patterns”',
      test: ['a rule', 'matches by exact values, prefix, anything-but and exists, in nested fields']
    },
    {
      fact: 'length of a pattern',
      value: 'at most 2,048 characters',
      source: quotas,
      test: ['a rule', 'has a pattern of at most 2,048 characters']
    },
    {
      fact: 'targets of a rule',
      value: 'at most 5',
      source: quotas,
      test: ['a rule', 'has at most 5 targets']
    },
    {
      fact: 'rules of a bus',
      value: 'at most 300',
      source: quotas,
      test: ['a rule', 'is one of at most 300 of its bus']
    },
    {
      fact: 'retry policy',
      value: 'at most 24 hours and 185 tries',
      source: 'API reference, RetryPolicy',
      test: ['a rule', 'tries for at most 24 hours and 185 times']
    }
  ],
  besides: [
    'A function takes an event when it is queued for it; what Lambda does then is Lambda’s.',
    'A bus that is not there is refused; what the service answers then is not stated.',
    'How long it waits between tries is not stated; here from 1 s to 60 s.',
    'No permissions: that a rule may put to another bus, or to its queue, is asked of the infrastructure’s tests.'
  ]
}

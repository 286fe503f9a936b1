// Lambda: functions, their environments, and events that nobody waits for.
import type { Section } from './fact'

const quotas = 'Developer Guide, “Lambda quotas”'
const invoke = 'API reference, Invoke'
const life = 'Developer Guide, “Understanding the Lambda execution environment lifecycle”'
const async =
  'Developer Guide, “How Lambda handles errors and retries with asynchronous invocation”'

const invoked = 'Lambda invoked through its SDK client'
const environment = 'An environment of Lambda'
const frozen = 'A frozen environment of Lambda'
const event = 'An event for Lambda that nobody waits for'
const dying = 'An environment of Lambda that dies at a call'
const bundle = 'A bundle that runs as a Lambda function'

export const lambdaFacts: Section = {
  service: 'Lambda',
  facts: [
    {
      fact: 'name of a function',
      value: 'alone, part of an ARN, or all of it; each with a qualifier or without',
      source: invoke,
      test: [invoked, 'gives a handler the event, and its caller what the handler returns']
    },
    {
      fact: 'handler that throws',
      value: 'status 200, X-Amz-Function-Error, errorType and errorMessage as payload',
      source: invoke,
      test: [invoked, 'answers 200 with X-Amz-Function-Error when a handler throws']
    },
    {
      fact: 'module that cannot be loaded',
      value: 'an error of the function, for each who asks',
      source: life,
      test: [invoked, 'tells a caller who waits that a module could not be loaded']
    },
    {
      fact: 'request and answer of a caller who waits',
      value: '6 MB each; 413 RequestTooLargeException, or an error of the function',
      source: quotas,
      test: [invoked, 'refuses a request above 6 MB, and turns a larger answer into an error']
    },
    {
      fact: 'event that nobody waits for',
      value: '1 MB, 256 KB before',
      source: 'AWS Compute blog, “More room to build” (2026-01)',
      test: [invoked, 'refuses an event above 1 MB that nobody waits for']
    },
    {
      fact: 'environments that work at the same time',
      value: '1,000 an account, or what is reserved; 429 TooManyRequestsException with its reason',
      source: `${quotas}; API reference, TooManyRequestsException`,
      test: [invoked, 'answers 429 when as many environments work as may']
    },
    {
      fact: 'timeout',
      value: 'the environment is ended with it; a function may be set to 15 minutes at most',
      source: `${quotas}; ${life}`,
      test: [invoked, 'ends a handler at its timeout, and the environment with it']
    },
    {
      fact: 'retries of an event whose handler failed',
      value: 'two, after 1 and after 2 more minutes',
      source: async,
      test: [
        event,
        'is tried twice more when its handler fails, after one and two minutes, then given up'
      ]
    },
    {
      fact: 'event that finds all environments at work',
      value: 'is kept up to 6 hours, and tried again after 1 s up to 5 minutes',
      source: async,
      test: [event, 'waits for an environment instead of failing when all work']
    },
    {
      fact: 'delivery of an event',
      value: 'at least once',
      source: async,
      test: [event, 'may be handled twice although once would do']
    },
    {
      fact: 'cold start',
      value: 'loads the module once; its state is kept for later requests; is billed',
      source: `${life}; that it is billed: AWS Compute blog, 2025-08`,
      test: [
        environment,
        'starts cold, which takes its time, and keeps its module state for later requests'
      ]
    },
    {
      fact: 'requests of an environment',
      value: 'one at a time',
      source: 'Developer Guide, “Understanding Lambda function scaling”',
      test: [environment, 'handles one request at a time: another one meanwhile starts cold']
    },
    {
      fact: 'provisioned concurrency',
      value: 'belongs to a version or alias; who calls without a qualifier reaches $LATEST',
      source: 'Developer Guide, “Configuring provisioned concurrency for a function”',
      test: [
        environment,
        'is warm from the start where provisioned, for the alias only and not for $LATEST'
      ]
    },
    {
      fact: 'environment variables',
      value: '4 KB together',
      source: quotas,
      test: [environment, 'has at most 4 KB of variables']
    },
    {
      fact: 'environment between requests',
      value: 'frozen: what a handler left behind goes on at the next request, or never',
      source: life,
      test: [
        frozen,
        'makes no call: one that a handler leaves behind is recorded, and leaves at the next request'
      ]
    },
    {
      fact: 'call under way when the handler returns',
      value: 'its answer is not heard in time, or never',
      source: life,
      test: [frozen, 'hears no answer: a call that a handler did not wait for is recorded']
    },
    {
      fact: 'end of an environment',
      value: 'at any moment, without a word',
      source: life,
      test: [dying, 'dies before any of them, or after it was served and before its answer came']
    },
    {
      fact: 'process that ends by itself',
      value: 'Runtime.ExitError; the next request starts cold',
      source: 'Developer Guide, “Troubleshoot execution issues in Lambda”',
      test: [bundle, 'is ended in the middle of a call, or by itself, and started anew']
    },
    {
      fact: 'modules, variables and output',
      value: 'of each environment alone',
      source: life,
      test: [bundle, 'has modules, variables and an output of its own in each environment']
    }
  ],
  besides: [
    'A call that a handler left behind is noticed when it leaves before the next request begins; one that leaves later counts as that request’s. The environment that rested longest is used first, which makes the time for it long; AWS does not say which it uses.',
    'A handler in the process of the test that is made to die goes on unseen: no call of it leaves any more. A bundle in a thread is really ended.',
    'What a client of Redis sends by timers of its own (CLUSTER, INFO, PING and the like) is not counted as a call.',
    'No limit on how fast environments are added (1,000 each 10 s), no memory limit, no response streaming, no permissions.'
  ]
}

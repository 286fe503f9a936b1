// DynamoDB Streams, and the event source mapping that hands them to a function.
import type { Section } from './fact'

const lambda = 'Lambda guide, “Polling and batching streams”'
const errors = 'Lambda guide, “Retaining discarded batches”, “Partial batch response”'

export const streamFacts: Section = {
  service: 'DynamoDB Streams and event source mappings',
  facts: [
    {
      fact: 'stream of a replica',
      value: 'tells of replicated writes too, with the replica’s region',
      source: 'Developer Guide, “Global tables: streams”',
      test: [
        'the stream of a replica',
        'tells of local and of replicated writes, each with its own region'
      ]
    },
    {
      fact: 'record of a change',
      value: 'INSERT, MODIFY or REMOVE with both images',
      source: 'Developer Guide, “Change data capture for DynamoDB Streams”',
      test: ['the stream of a replica', 'has both images, and names what happened']
    },
    {
      fact: 'write that changes nothing',
      value: 'leaves no record',
      source: 'Developer Guide, “Change data capture for DynamoDB Streams”',
      test: [
        'the stream of a replica',
        'says nothing of a write that changes nothing, nor of a deletion of what is not there'
      ]
    },
    {
      fact: 'record of a deletion by TTL',
      value: 'names the service as its author',
      source: 'Developer Guide, “DynamoDB Streams and TTL”',
      test: ['a table of one region', 'names the service in the records of what expired']
    },
    {
      fact: 'polling',
      value: '4 times a second',
      source: lambda,
      test: ['the stream of a replica', 'is looked at four times a second']
    },
    {
      fact: 'batch',
      value: 'at most its size, in the order of the shard',
      source: lambda,
      test: ['an event source mapping', 'hands over at most its batch size, in order']
    },
    {
      fact: 'payload of a batch',
      value: 'at most 6 MB',
      source: `${lambda}; Lambda quotas`,
      test: ['an event source mapping', 'hands over at most 6 MB at once']
    },
    {
      fact: 'batch that fails',
      value: 'is tried again, and its shard waits',
      source: lambda,
      test: [
        'an event source mapping',
        'tries a failed batch again, and nothing behind it meanwhile'
      ]
    },
    {
      fact: 'retries by default',
      value: 'without end: one poisoned record blocks its shard',
      source: 'API reference, CreateEventSourceMapping (MaximumRetryAttempts −1)',
      test: [
        'an event source mapping',
        'without a limit of retries is blocked by a poisoned record, in its shard alone'
      ]
    },
    {
      fact: 'after the retries',
      value: 'the whole batch is discarded; the destination is told where it was, not what it held',
      source: errors,
      test: [
        'an event source mapping',
        'discards the whole batch after its retries, and says where it was'
      ]
    },
    {
      fact: 'BisectBatchOnFunctionError',
      value: 'halves a failed batch; that is no retry',
      source: 'API reference, CreateEventSourceMapping',
      test: ['an event source mapping', 'finds a poisoned record by halves, and discards it alone']
    },
    {
      fact: 'ReportBatchItemFailures',
      value: 'goes on from the lowest reported record',
      source: errors,
      test: ['an event source mapping', 'goes on from the first record that is reported as failed']
    },
    {
      fact: 'report that names no record of the batch',
      value: 'fails all of it',
      source: errors,
      test: [
        'an event source mapping',
        'takes a report of an unknown record as a failure of the batch'
      ]
    },
    {
      fact: 'MaximumRecordAgeInSeconds',
      value: 'older records are discarded',
      source: 'API reference, CreateEventSourceMapping',
      test: ['an event source mapping', 'discards records that are too old']
    },
    {
      fact: 'delivery',
      value: 'at least once',
      source: 'Lambda guide, “Using Lambda with DynamoDB”',
      test: ['an event source mapping', 'may hand a batch over again although it was done']
    }
  ],
  besides: [
    'A stream has four shards that never split; the service splits them and makes new ones every few hours.',
    'How long Lambda waits between retries is not stated; here the caller says it.'
  ]
}

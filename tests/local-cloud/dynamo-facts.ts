// DynamoDB: tables of one region and global tables.
import type { Section } from './fact'

const guide = 'Developer Guide'
const reference = 'API reference'

export const dynamoFacts: Section = {
  service: 'DynamoDB',
  facts: [
    {
      fact: 'size of an item',
      value: 'at most 400 KB, names and values',
      source: `${guide}, “Quotas”`,
      test: ['a write', 'above 400 KB is refused']
    },
    {
      fact: 'item in the answer of a failed condition',
      value: 'with ReturnValuesOnConditionCheckFailure',
      source: `${reference}, PutItem (dynalite ignores it)`,
      test: [
        'a write',
        'whose condition fails says so, and returns the item that is there when asked'
      ]
    },
    {
      fact: 'answer of UpdateItem',
      value: 'nothing, the item before, or the item after',
      source: `${reference}, UpdateItem`,
      test: ['a write', 'of an update returns the item before or after it']
    },
    {
      fact: 'page of a query',
      value: '1 MB of items, ascending by sort key',
      source: `${guide}, “Querying tables”`,
      test: ['a query', 'gives at most 1 MB a page, in ascending order']
    },
    {
      fact: 'eventually consistent read',
      value: 'may miss writes of about a second; a strong one never does in its region',
      source: `${guide}, “DynamoDB read consistency”`,
      test: [
        'a read',
        'that is not strongly consistent may miss the last write of a second, and a strong one never'
      ]
    },
    {
      fact: 'BatchWriteItem',
      value: 'at most 25 items',
      source: `${reference}, BatchWriteItem`,
      test: ['a batch', 'writes at most 25 items']
    },
    {
      fact: 'one item twice in a batch',
      value: 'refused',
      source: `${reference}, BatchWriteItem`,
      test: ['a batch', 'is refused when an item stands in it twice']
    },
    {
      fact: 'parts of a batch that are not done',
      value: 'UnprocessedItems, UnprocessedKeys',
      source: `${reference}, BatchWriteItem and BatchGetItem`,
      test: ['a batch', 'may hand back parts that were not done, of writes and of reads']
    },
    {
      fact: 'batch on a partition that is used up',
      value: 'its parts come back undone',
      source: `${reference}, BatchWriteItem`,
      test: ['a batch', 'hands back what its partition cannot take']
    },
    {
      fact: 'writes of a partition',
      value: '1,000 units a second, then ThrottlingException with a reason',
      source: `${guide}, “Burst and adaptive capacity”, “Throttling”; which exception is assumed: clients must know both`,
      test: ['a partition', 'takes 1,000 write units a second']
    },
    {
      fact: 'reads of a partition',
      value: '3,000 units a second; half a unit each when not strongly consistent',
      source: `${guide}, “Burst and adaptive capacity”, “Read and write operations”`,
      test: [
        'a partition',
        'gives 3,000 read units a second, half as many for a read that may be old'
      ]
    },
    {
      fact: 'units of a query',
      value: 'by the size of all that it read',
      source: `${guide}, “Read and write operations”`,
      test: ['a partition', 'is metered by queries too']
    },
    {
      fact: 'bill of a write to a global table',
      value: 'a unit for each KB, in each region',
      source: `${guide}, “Global tables: billing”`,
      test: [
        'what a region is billed for',
        'is a write unit a KB here and in each other region, and a read unit 4 KB'
      ]
    },
    {
      fact: 'write whose condition fails',
      value: 'billed as if it had been made',
      source: `${guide}, “Condition expressions”`,
      test: ['what a region is billed for', 'includes writes whose condition fails']
    },
    {
      fact: 'transactions on a global table',
      value: 'not replicated as a unit, so not used: refused here',
      source: `${guide}, “Global tables: transactions”`,
      test: ['what the design does not use', 'is refused: transactions']
    },
    {
      fact: 'endpoint and credentials',
      value: 'of one region',
      source: 'AWS General Reference, “Signing AWS API requests”',
      test: ['what the design does not use', 'is refused: a client of another region']
    },
    {
      fact: 'throttled table with provisioned throughput',
      value: 'ProvisionedThroughputExceededException',
      source: `${reference}, common errors`,
      test: ['a region', 'that throttles says so by the name of provisioned tables']
    },
    {
      fact: 'answer that is lost',
      value: 'the write may have been made',
      source: `${guide}, “Error handling”: a retry must be idempotent`,
      test: ['a region', 'that loses answers has done what it was asked']
    },
    {
      fact: 'when replication arrives',
      value: 'asynchronously, usually within a second, no promise',
      source: `${guide}, “Global tables: how it works” (MREC)`,
      test: [
        'an item of a global table',
        'is read strongly in its own region at once, and elsewhere only after the lag'
      ]
    },
    {
      fact: 'conflict of two regions',
      value: 'the later by internal time stays, nobody is told',
      source: `${guide}, “Global tables: conflict resolution”`,
      test: [
        'an item of a global table',
        'that two regions write ends everywhere as the later of the two, and nobody is told'
      ]
    },
    {
      fact: 'clocks of two regions',
      value: 'differ a little: the later write may lose',
      source: 'assumed: the guide promises nothing about them',
      test: [
        'an item of a global table',
        'of a region whose clock is ahead wins against a later write'
      ]
    },
    {
      fact: 'write upon another region’s value',
      value: 'is the later one',
      source: 'assumed: else the region that wrote would have to take its own write back',
      test: [
        'an item of a global table',
        'that is written after another region’s value came in is the later one, with a slow clock too'
      ]
    },
    {
      fact: 'conditions and strong reads',
      value: 'hold in one region alone',
      source: `${guide}, “Global tables: consistency”`,
      test: [
        'an item of a global table',
        'is put by two regions at once although both ask that it is not there'
      ]
    },
    {
      fact: 'deletions',
      value: 'are replicated',
      source: `${guide}, “Global tables: how it works”`,
      test: ['an item of a global table', 'that is deleted goes everywhere']
    },
    {
      fact: 'deletion against a put',
      value: 'is a write like any other: the later stays',
      source: `${guide}, “Global tables: conflict resolution”`,
      test: [
        'an item of a global table',
        'comes back when its deletion loses against a put with a faster clock'
      ]
    },
    {
      fact: 'order between items',
      value: 'none: partitions are replicated side by side',
      source: `${guide}, “Global tables: best practices”`,
      test: ['several items of a global table', 'arrive in another order than they were written in']
    },
    {
      fact: 'several changes of one item',
      value: 'may arrive as one',
      source: `${guide}, “Global tables: best practices”`,
      test: [
        'several items of a global table',
        'that changed several times arrive as their last change alone, with all coalesced'
      ]
    },
    {
      fact: 'changes of one item',
      value: 'never go back in time',
      source: `${guide}, “Global tables: conflict resolution”`,
      test: ['several items of a global table', 'never go back in time each, whatever the lag']
    },
    {
      fact: 'replicas',
      value: 'agree in the end',
      source: `${guide}, “Global tables: how it works”`,
      test: ['several items of a global table', 'of three regions are equal in the end (seed %i)']
    },
    {
      fact: 'region that cannot be reached',
      value: 'gets what waited when it is back; the others go on',
      source: `${guide}, “Global tables: resilience”; FIS can pause replication`,
      test: [
        'a link between two regions',
        'that is paused delivers nothing and loses nothing, and the others go on'
      ]
    },
    {
      fact: 'replicated writes',
      value: 'use up the partition that they go to, and are tried again',
      source: `${guide}, “Global tables: capacity”; the bound is the partition’s`,
      test: ['a link between two regions', 'brings later what the partition there cannot take now']
    },
    {
      fact: 'replica that is added',
      value: 'is filled from the others, in any order',
      source: `${guide}, “Global tables: adding a replica”; that it can be read meanwhile is assumed, as the worst case`,
      test: [
        'a replica that is dropped and made anew',
        'is not there in between, and then fills from the others in any order'
      ]
    },
    {
      fact: 'region that is lost',
      value: 'with what had not left it',
      source: `${guide}, “Global tables: resilience” (recovery point of usually seconds)`,
      test: ['a replica that is dropped and made anew', 'has lost what had not left it']
    },
    {
      fact: 'table that is not global',
      value: 'stays in its region',
      source: `${guide}, “Global tables”`,
      test: ['a table of one region', 'is not in the others']
    },
    {
      fact: 'TTL',
      value: 'deletes within a few days after the second; until then the item is read',
      source: `${guide}, “Using TTL”`,
      test: [
        'a table of one region',
        'loses items after they expired, late, and until then they are read'
      ]
    },
    {
      fact: 'TTL of what ended more than five years ago',
      value: 'is ignored',
      source: `${guide}, “Using TTL”`,
      test: [
        'a table of one region',
        'keeps items whose end was moved, and those that ended more than five years ago'
      ]
    }
  ],
  besides: [
    'Conditions, expressions, sizes and pages are dynalite’s; stamps, streams, replication, metering and failures are the stand-in’s.',
    'A partition is one partition key. The service may put several keys into one and split it later; it lends unused throughput of up to five minutes (“burst”), which the stand-in does not.',
    'A write that changes nothing is stamped and replicated all the same; what the service does then is not stated.',
    'Scan, PartiQL, indexes, UPDATED_OLD and UPDATED_NEW are refused; a batch is of one table.',
    'An update that names an item twice in two regions is decided for the whole item, never by attribute.'
  ]
}

// ElastiCache Serverless, for which a real redis-server stands.
import type { Section } from './fact'

const group = 'a region’s redis-server'

export const redisFacts: Section = {
  service: 'ElastiCache',
  facts: [
    {
      fact: 'keys of one command',
      value: 'of one slot: one hash tag',
      source: 'ElastiCache guide, “Serverless: cluster mode”; real redis-server',
      test: [group, 'keys of two hash tags in one command are refused with CROSSSLOT']
    },
    {
      fact: 'databases',
      value: 'one',
      source: 'ElastiCache guide, “Serverless: cluster mode”; real redis-server',
      test: [group, 'another database than 0 is refused']
    },
    {
      fact: 'restricted commands',
      value: 'CONFIG, DEBUG, CLUSTER RESET and others',
      source: 'ElastiCache guide, “Supported and restricted commands”',
      test: [group, 'commands that ElastiCache Serverless restricts are refused']
    },
    {
      fact: 'cache that is lost',
      value: 'comes back empty at the same address',
      source: 'ElastiCache guide, “Resilience”: a cache keeps nothing for certain',
      test: [group, 'killed it refuses, and restarted it is empty at the same place']
    }
  ],
  besides: [
    'Redis 7.0 of Debian stands for Valkey; without TLS and without users.',
    'One node: no slot ever moves, and nothing fails over to a replica.'
  ]
}

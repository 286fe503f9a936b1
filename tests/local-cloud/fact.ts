// One thing that is known of an AWS service, and all that is known of one of them.

export type Fact = {
  readonly fact: string
  readonly value: string
  /** Where it is from; what nobody states is said to be assumed. */
  readonly source: string
  /** Titles of the group and of the test, in one file of this folder. */
  readonly test: readonly [group: string, test: string]
}

export type Section = {
  readonly service: string
  readonly facts: readonly Fact[]
  /** What the stand-in does not do, or does in its own way. */
  readonly besides: readonly string[]
}

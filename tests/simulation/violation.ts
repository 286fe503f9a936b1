// An invariant that does not hold: the one thing a simulation is after.

export class Violation extends Error {
  constructor(readonly what: string) {
    super(what)
    this.name = 'Violation'
  }
}

// What is being worked on at this moment, so that a test can wait for it without a sleep.

export type Activity = {
  /** Counts `work` as going on until it ends; what waits for the clock is not work. */
  run<T>(work: () => Promise<T>): Promise<T>
  /** Resolves when nothing goes on. */
  rest(): Promise<void>
}

export function createActivity(): Activity {
  let going = 0
  let waiting: (() => void)[] = []

  function end(): void {
    going -= 1
    if (going > 0) return
    const told = waiting
    waiting = []
    for (const tell of told) tell()
  }

  return {
    async run(work) {
      going += 1
      try {
        return await work()
      } finally {
        end()
      }
    },
    async rest() {
      // What ended may begin the next thing in its own turn.
      for (await turn(); going > 0; await turn()) {
        await new Promise<void>((resolve) => waiting.push(resolve))
      }
    }
  }
}

function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}

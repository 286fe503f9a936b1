// How a service of one region is made to fail.

/** `hang` holds every call until the fault ends; `lose-answers` does what is asked and then cuts the connection. */
export type Fault =
  | { readonly kind: 'none' }
  | { readonly kind: 'refuse' }
  | { readonly kind: 'hang' }
  | { readonly kind: 'slow'; readonly ms: number }
  | { readonly kind: 'throttle' }
  | { readonly kind: 'error' }
  | { readonly kind: 'lose-answers' }

export type FaultSwitch = {
  current(): Fault
  /** Replaces the fault; calls that hung are cut. */
  set(fault: Fault): void
  /** Rejects when the fault that made the caller hang ends. */
  hang(): Promise<never>
}

export function createFaultSwitch(): FaultSwitch {
  let fault: Fault = { kind: 'none' }
  let hanging: ((cause: Error) => void)[] = []
  return {
    current: () => fault,
    set(next) {
      fault = next
      const cut = hanging
      hanging = []
      for (const end of cut) end(new Error('The fault ended'))
    },
    hang: () => new Promise((_, reject) => hanging.push(reject))
  }
}

/** The guest's own errors beside its machine: its worker counts them (workers/host/machine/recorder/error-counts.ts). Errors of commands are counted apart. */

/** Run states in which something went wrong with the guest or its storage. @qapi RunState */
export const troubledStates: ReadonlySet<string> = new Set([
  'guest-panicked',
  'internal-error',
  'io-error',
  'watchdog',
])

/** The number to show: at least one for a machine in a state of trouble, even if its event was not seen. */
export function guestErrorsShown(counted: number, status: { readonly status: string } | undefined): number {
  return status !== undefined && troubledStates.has(status.status) ? Math.max(1, counted) : counted
}

/** `2 errors of the guest`. */
export function guestErrorWords(errors: number, text: string): string {
  return `${text} ${errors === 1 ? 'error' : 'errors'} of the guest`
}

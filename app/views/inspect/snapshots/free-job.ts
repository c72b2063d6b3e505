/** A name that no other job of a machine has: `save-m1a2b3c4`. A person starts one at a time, by hand. */
export function freeJob(what: string, now: number = Date.now()): string {
  return `${what}-${now.toString(36)}`
}

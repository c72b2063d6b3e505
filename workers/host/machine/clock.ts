/**
 * Milliseconds since the epoch, from a clock that never goes back.
 * @adr 0022
 */
export function now(): number {
  return origin + performance.now()
}

/** It does not change; asking the browser for it takes as long as for the time itself. */
const origin = performance.timeOrigin

/** Call `then` after `ms` milliseconds; the returned function calls it off. */
export function after(ms: number, then: () => void): () => void {
  const timer = setTimeout(then, ms)
  return () => clearTimeout(timer)
}

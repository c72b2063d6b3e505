/**
 * Milliseconds since the epoch, from a clock that never goes back.
 * @adr 0022
 */
export function now(): number {
  return performance.timeOrigin + performance.now()
}

/** Call `then` after `ms` milliseconds; the returned function calls it off. */
export function after(ms: number, then: () => void): () => void {
  const timer = setTimeout(then, ms)
  return () => clearTimeout(timer)
}

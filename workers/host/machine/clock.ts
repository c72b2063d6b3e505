/** Milliseconds since the epoch, from a clock that never goes back. */
export function now(): number {
  return performance.timeOrigin + performance.now()
}

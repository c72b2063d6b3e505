/**
 * Milliseconds since the epoch, from a clock that never goes back.
 * @adr 0022
 */
export function now(): number {
  return performance.timeOrigin + performance.now()
}

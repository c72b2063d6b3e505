/** How long to wait before the next attempt to connect. */

const firstMs = 250
const capMs = 5000
/** Up to this share is taken off by chance, so that many pages do not come back in the same instant. */
const jitter = 0.3

/**
 * The wait in milliseconds before attempt `attempt + 1`: doubled each time, capped at 5 s, less a random part.
 * `random` is from 0 to 1.
 */
export function backoffMs(attempt: number, random: number): number {
  const full = Math.min(capMs, firstMs * 2 ** Math.min(attempt, 16))
  return Math.round(full * (1 - jitter * random))
}

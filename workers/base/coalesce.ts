/** What becomes of a request that comes while an earlier one is under way: one more run after it, or the earlier is stale. */

/**
 * Makes `work` a request that can be made at any time: it never runs twice at once, and however often it is requested
 * while it runs, it runs once more afterwards. Resolves when the last of these runs has ended; rejects with the first
 * that fails, and forgets what was requested meanwhile.
 */
export function coalesce(work: () => Promise<void>): () => Promise<void> {
  let isWanted = false
  let isBusy = false
  let ended = Promise.resolve()
  const run = async (): Promise<void> => {
    isBusy = true
    try {
      while (isWanted) {
        isWanted = false
        await work()
      }
    } finally {
      isWanted = false
      isBusy = false
    }
  }
  return () => {
    isWanted = true
    if (!isBusy) ended = run()
    return ended
  }
}

/**
 * Numbers requests of which only the latest counts. Each begins with a call of the function that is returned; what that
 * call returns tells whether no other request has begun since.
 */
export function latest(): () => () => boolean {
  let last = 0
  return () => {
    last += 1
    const own = last
    return () => own === last
  }
}

/** Waiting for something no longer than it is worth. */

/** Resolves when `work` ends, however it ends, or after `ms` milliseconds. */
export async function within(ms: number, work: Promise<unknown>): Promise<void> {
  let timer: ReturnType<typeof setTimeout> | undefined
  const limit = new Promise<void>((resolve) => (timer = setTimeout(resolve, ms)))
  await Promise.race([work.catch(() => undefined), limit])
  clearTimeout(timer)
}

/** Long work in slices, between which the page lives on. */

const sliceMs = 8

/**
 * Run a generator to its end, some milliseconds at a time; the first slice runs at once. Every yield is a place to
 * stop; a yielded value that is not undefined is handed to `take`. `pause` is called at the end of each slice.
 *
 * Returns the function that ends it early: nothing is called after it.
 */
export function runInSlices<T>(
  work: Iterator<T | undefined>,
  take: (item: T) => void,
  pause: (isOver: boolean) => void,
): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined
  let isEnded = false
  const slice = (): void => {
    if (isEnded) return
    const until = performance.now() + sliceMs
    for (let steps = 1; ; steps += 1) {
      const next = work.next()
      if (next.done === true) {
        pause(true)
        return
      }
      if (next.value !== undefined) take(next.value)
      if (steps % 64 === 0 && performance.now() > until) break
    }
    pause(false)
    timer = setTimeout(slice, 0)
  }
  slice()
  return () => {
    isEnded = true
    clearTimeout(timer)
  }
}

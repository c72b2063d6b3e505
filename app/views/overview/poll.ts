/**
 * Polls while the page is visible: one query at a time (so that none pile up at a monitor that does not answer), at once
 * when the page becomes visible, and sooner when something has happened.
 * @adr 0046
 */

import { coalesce } from '#base/coalesce.ts'

/** The visibility of the page. The real one is `thisPage`. */
export interface Sight {
  readonly visible: () => boolean
  /** Call `then` at every change of visibility. Returns the function that ends it. */
  readonly watch: (then: () => void) => () => void
}

/** The page that runs this. */
export const thisPage: Sight = {
  visible: () => document.visibilityState === 'visible',
  watch: (then) => {
    document.addEventListener('visibilitychange', then)
    return () => document.removeEventListener('visibilitychange', then)
  },
}

/** A running poll. */
export interface Poll {
  /** Ask now; or, while a query is running, once more after it. */
  readonly soon: () => void
  readonly end: () => void
}

/** Begin: at once, and then `idleMs` after each answer. `ask` must not reject. */
export function startPoll(ask: () => Promise<void>, idleMs: number, sight: Sight = thisPage): Poll {
  let ended = false
  let timer: ReturnType<typeof setTimeout> | undefined

  const turn = coalesce(async () => {
    clearTimeout(timer)
    if (ended || !sight.visible()) return
    await ask()
    timer = setTimeout(() => void turn(), idleMs)
  })

  const unwatch = sight.watch(() => void turn())
  void turn()
  return {
    soon: () => void turn(),
    end: () => {
      ended = true
      clearTimeout(timer)
      unwatch()
    },
  }
}

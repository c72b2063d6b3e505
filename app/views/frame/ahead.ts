/**
 * Fetches the code of the views before anybody opens them, while the page is idle: a view then opens at once, and also while
 * the server of the page stands still.
 */

/**
 * What decides what may be sent, what reads exact numbers, and what is kept in the browser: small, and wanted as soon as
 * there is a machine.
 */
const first: readonly (() => Promise<unknown>)[] = [
  () => import('#state/machine/lock.ts'),
  () => import('#base/json/parse.ts'),
  () => import('idb'),
  () => import('#state/library/schema-cache.ts'),
  () => import('#state/library/manual-files.ts'),
  () => import('#state/tabs/read-news.ts'),
]

/**
 * What is fetched, in the order in which people come to need it. The terminal, the editor of JSON and the plots are left
 * out: each is larger than all of these together, and each is replaced or said to be late where it does not come.
 */
const parts: readonly (() => Promise<unknown>)[] = [
  () => import('./Palette.svelte'),
  () => import('../schema/SchemaView.svelte'),
  () => import('../command/CommandView.svelte'),
  () => import('../timeline/page/TimelinePage.svelte'),
  () => import('../command/context/ContextPanel.svelte'),
  () => import('../console/ConsoleView.svelte'),
  () => import('../history/HistoryPanel.svelte'),
  () => import('../overview/disks/BlockDevices.svelte'),
  () => import('../overview/Dashboard.svelte'),
  () => import('../overview/PowerParts.svelte'),
  () => import('../guest/GuestView.svelte'),
  () => import('#qapi/model/agent-schema.ts'),
  () => import('../machines/FirstRun.svelte'),
  () => import('../machines/ConnectForm.svelte'),
  () => import('./Help.svelte'),
  () => import('../schema/compare/Picture.svelte'),
  () => import('../schema/graph/GraphView.svelte'),
  () => import('../schema/map/MapView.svelte'),
  () => import('../schema/compare/CompareView.svelte'),
]

/** The page has its first machines by then, in milliseconds; fetching earlier would slow them down. */
const firstMs = 1500

/** A page that is never idle, because of a flood of events, fetches a part all the same after this long, in milliseconds. */
const busyMs = 2000

/** Start fetching, one part after the other. What cannot be fetched is left to whoever opens it. Returns an end. */
export function fetchAhead(): () => void {
  let over = false
  const idle = (): Promise<void> =>
    new Promise((resolve) => {
      // Safari has no such callback.
      if (typeof requestIdleCallback === 'undefined') setTimeout(resolve, 50)
      else requestIdleCallback(() => resolve(), { timeout: busyMs })
    })
  const fetchFirst = (): void => {
    for (const part of first) void part().catch(() => undefined)
  }
  const run = async (): Promise<void> => {
    for (const part of parts) {
      await idle()
      if (over) return
      await part().catch(() => undefined)
    }
  }
  // After the first paint.
  const timers = [setTimeout(fetchFirst, 0), setTimeout(() => void run(), firstMs)]
  return () => {
    over = true
    timers.forEach(clearTimeout)
  }
}

/** What both ends of a flood have counted: how many rows the page lost, or has that nobody sent. */
import { waitFor } from '../../processes.ts'
import type { Tab } from './browser.ts'
import type { FloodServer } from './flood-server.ts'

/** A page that shows the timeline of the machine `many`, and the server that this machine is. */
interface Ends {
  readonly app: Tab
  readonly many: FloodServer
}

/** For how long both have to hold still before a flood, in milliseconds. */
const restMs = 1000

/** Runs in the page: rows that were recorded, as it says it: those that it keeps and those that it dropped. */
export function recorded(): number | undefined {
  const element = document.querySelector('[data-testid="timeline-counts"]')
  const text = element?.textContent.replaceAll('\u202f', '') ?? ''
  const [, kept] = / of (\d+) rows/.exec(text) ?? []
  const [, dropped] = /; (\d+) older ones were dropped/.exec(text) ?? []
  return kept === undefined ? undefined : Number(kept) + Number(dropped ?? 0)
}

/**
 * Runs in the page: the rows that say how a command ended without a reply, which no server sent. The page asks a few things
 * a second in a flood; on a busy machine one may come too late. As no person sends anything here, they are its errors.
 */
function timedOut(): number {
  const links = [...document.querySelectorAll('nav[aria-label="Machines"] a')]
  const link = links.find((each) => each.querySelector('.name')?.textContent === 'many')
  if (link === undefined) return Number.NaN
  const badge = link.querySelector('[title="Errors and problems in its record"]')
  return Number.parseInt(badge?.textContent.replaceAll('\u202f', '') ?? '0', 10)
}

/** Rows that the page says beyond those that its server knows of: states of the connection, and the like. */
async function beyond({ app, many }: Ends): Promise<number> {
  const [said, own] = [(await app.page.evaluate(recorded)) ?? Number.NaN, await app.page.evaluate(timedOut)]
  const { events, replies, commands } = many.counts()
  return said - own - (events + replies + commands)
}

/**
 * `beyond`, once it holds still. A command on its way is counted at one end only, and the page tells of a row later than
 * its server: a difference of such a moment does not come again, and would be taken for a lost row.
 */
export async function beyondAtRest(ends: Ends): Promise<number> {
  let value = Number.NaN
  let since = 0
  const rests = await waitFor(30_000, async () => {
    const now = await beyond(ends)
    if (now !== value) since = performance.now()
    value = now
    return performance.now() - since >= restMs ? true : undefined
  })
  if (rests === undefined) throw new Error('the page and its server count on although there is no flood')
  return value
}

/** Wait until both ends count the same; resolves with the difference that is left after a minute. */
export async function lostAfter(ends: Ends, before: number): Promise<number> {
  const none = await waitFor(60_000, async () => ((await beyond(ends)) === before ? 0 : undefined))
  return none ?? Math.abs((await beyond(ends)) - before)
}

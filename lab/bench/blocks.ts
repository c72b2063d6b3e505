/**
 * The picture of a block graph with 500 nodes, all of it in sight, while the rates of 100 disks on it change each second: what
 * a frame takes of the page's main thread. A server of ours answers, with the replies of a machine with 100 disks.
 */
import { join } from 'node:path'
import { startFakeQmp } from '../testing.ts'
import { benchmark, median } from './measure.ts'
import type { Benchmark, Later } from './measure.ts'
import { openStage, pause } from './parts/browser.ts'
import type { Stage } from './parts/browser.ts'
import { diskReplies, diskStats } from './parts/many-disks.ts'

/** How long it is looked at, in milliseconds: some seven updates of rates; the structure is read again for each second one. */
const watchMs = 7500

interface Given extends Stage {
  /** How often the rates have been asked for. */
  readonly looks: () => number
}

async function open(later: Later): Promise<Given> {
  const stage = await openStage(later)
  const { lab, app } = stage
  const replies = diskReplies()
  let look = 0
  const returns: Readonly<Record<string, () => unknown>> = {
    'query-named-block-nodes': () => replies.nodes,
    'query-block': () => replies.devices,
    'x-debug-query-block-graph': () => replies.graph,
    'query-blockstats': () => diskStats((look += 1)),
    'query-jobs': () => [],
    'query-block-jobs': () => [],
    'query-block-exports': () => [],
    'query-status': () => ({ status: 'running', running: true, singlestep: false }),
    qmp_capabilities: () => ({}),
  }
  const server = await startFakeQmp(join(lab.sockets, 'disks.qmp'), ({ id, execute }, socket) => {
    const reply = returns[execute]?.()
    const said =
      reply === undefined
        ? { error: { class: 'CommandNotFound', desc: `The command ${execute} has not been found` } }
        : { return: reply }
    socket.write(`${JSON.stringify({ ...said, id })}\r\n`)
  })
  later(() => server.stop())
  await app.open(lab.address('/machine/disks/inspect/blocks'), '.part svg .card')
  await app.quiet()
  // All of it in sight is the most that an update can have to do.
  await app.page.evaluate(() => {
    for (const each of document.querySelectorAll<HTMLElement>('.part button'))
      if (each.textContent.trim() === 'Fit') each.click()
  })
  await app.page.waitForFunction(() => document.querySelectorAll('.part svg .card').length === 500)
  await pause(1500)
  return { ...stage, looks: () => look }
}

/** The block graph in the page. */
export const benchmarks: readonly Benchmark[] = [
  benchmark('inspect, block graph in the page', {
    open,
    figures: [
      {
        name: 'rates on 500 nodes',
        unit: 'ms of CPU time of the main thread for the frame of an update',
        goal: '<= 16.7',
        measure: async ({ app, looks }) => {
          // A frame is asked for at each beat of the screen: what was done since the one before counts to it.
          await app.page.evaluate(() => {
            const beat = (): void => {
              performance.mark('caused')
              requestAnimationFrame(beat)
            }
            requestAnimationFrame(beat)
          })
          const before = looks()
          const { frames } = await app.trace(() => pause(watchMs))
          const updates = looks() - before
          const most = frames.toSorted((a, b) => b - a).slice(0, updates)
          const words = most.map((ms) => ms.toFixed(1)).join(', ')
          return {
            value: median(most),
            absolute: `the ${updates} longest of ${frames.length} frames: ${words} ms`,
          }
        },
      },
    ],
  }),
]

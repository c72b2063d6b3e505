/**
 * The view Inspect on the built page, while it is looked at: a board of 20 plots that gets an answer each second, and a tree
 * of 10,000 objects that is scrolled. Both have servers of ours: KVM is not everywhere, and no machine has that many objects.
 */
import { join } from 'node:path'
import { startFakeQmp } from '../testing.ts'
import { benchmark, median } from './measure.ts'
import type { Benchmark, Later, Measured } from './measure.ts'
import { openStage, pause, quantile } from './parts/browser.ts'
import type { Stage } from './parts/browser.ts'
import { manyStatistics, startStatsServer } from './parts/stats-server.ts'

/** How long the board is watched, in milliseconds: the clock goes in steps of 10. */
const watchMs = 10_000
/** How long it samples before: its lines are drawn over the whole minute that is shown. */
const warmMs = 20_000
const plots = 20
const objects = 10_000
const turns = 100

// ── a board ──────────────────────────────────────────────────────────────────────────────────────────────────────────

async function openBoard(later: Later): Promise<Stage> {
  const stage = await openStage(later)
  const { lab, app } = stage
  const server = await startStatsServer(join(lab.sockets, 'vm.qmp'), 4)
  later(() => server.stop())
  // All of them are in sight: what is not is not drawn.
  await app.page.setViewport({ width: 1600, height: 2600 })
  const board = encodeURIComponent(manyStatistics.slice(0, plots).join(','))
  await app.open(lab.address(`/machine/vm/inspect/stats?w=60&plots=${board}`), '.board-plot canvas')
  await app.page.waitForFunction(
    (wanted) => document.querySelectorAll('.board-plot .value').length >= wanted,
    {},
    plots,
  )
  const seen = await app.page.evaluate(
    () =>
      [...document.querySelectorAll('.board-plot')].filter((each) => {
        const { bottom } = each.getBoundingClientRect()
        return bottom > 0 && bottom <= innerHeight
      }).length,
  )
  if (seen !== plots) throw new Error(`${seen} plots are in sight, not ${plots}`)
  await pause(warmMs)
  return stage
}

/** CPU time of the page's process as a share of one core, in percent: the median of three stretches. */
async function boardShare({ app }: Stage): Promise<Measured> {
  const shares: number[] = []
  for (let n = 0; n < 3; n += 1)
    shares.push((await app.cost(() => pause(watchMs), 'process')) / (watchMs / 100))
  const main = (await app.cost(() => pause(watchMs), 'thread')) / (watchMs / 100)
  return { value: median(shares), absolute: `of ${shares.join(', ')}; its main thread ${main.toFixed(1)} %` }
}

// ── a tree ───────────────────────────────────────────────────────────────────────────────────────────────────────────

async function openTree(later: Later): Promise<Stage> {
  const stage = await openStage(later)
  const { lab, app } = stage
  const children = Array.from({ length: objects }, (_, n) => ({
    name: `device[${n}]`,
    type: n % 3 === 0 ? 'child<virtio-net-pci>' : 'child<memory-region>',
  }))
  const tree: Readonly<Record<string, unknown>> = {
    '/': [{ name: 'machine', type: 'child<pc-machine>' }],
    '/machine': children,
  }
  const server = await startFakeQmp(join(lab.sockets, 'vm.qmp'), (command, socket) => {
    const {
      id,
      execute,
      arguments: args,
    } = command as typeof command & {
      readonly arguments?: { readonly path?: string }
    }
    const reply =
      execute === 'qmp_capabilities'
        ? { return: {} }
        : execute === 'qom-list'
          ? { return: tree[args?.path ?? ''] ?? [] }
          : { error: { class: 'CommandNotFound', desc: `The command ${execute} has not been found` } }
    socket.write(`${JSON.stringify({ ...reply, id })}\r\n`)
  })
  later(() => server.stop())
  await app.open(lab.address('/machine/vm/inspect/objects?path=/machine/device[0]'), '[role="treeitem"]')
  await app.page.waitForFunction(() => document.querySelectorAll('[role="treeitem"]').length > 10)
  await app.quiet()
  return stage
}

/** The 95th percentile of the frames while the wheel is turned, in milliseconds of CPU time of the main thread. */
async function scrollTree({ app }: Stage): Promise<Measured> {
  const { frames } = await app.trace(() => app.wheel('[role="tree"]', turns, { deltaY: 700 }))
  const top = await app.page.evaluate(() => document.querySelector('[role="tree"]')?.scrollTop ?? 0)
  if (top < 10_000) throw new Error(`the tree was scrolled by ${top} pixels only`)
  return {
    value: quantile(frames, 0.95),
    absolute: `${frames.length} frames, median ${median(frames).toFixed(1)} ms, longest ${Math.max(...frames).toFixed(1)} ms`,
  }
}

/** The benchmarks of Inspect while it is looked at. */
export const benchmarks: readonly Benchmark[] = [
  benchmark('board of statistics', {
    open: openBoard,
    figures: [
      {
        name: 'board of 20 plots, an answer a second',
        unit: '% of a core, all threads of the page',
        goal: '<= 5',
        measure: boardShare,
      },
    ],
  }),
  benchmark('tree of objects', {
    open: openTree,
    figures: [
      {
        name: '10,000 objects scrolled',
        unit: 'ms a frame, 95th percentile, main thread',
        goal: '<= 16.7',
        measure: scrollTree,
      },
    ],
  }),
]

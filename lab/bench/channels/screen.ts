/**
 * A machine's screen in the built page, against noVNC's own page on the same QEMU through the same websockify; and what the
 * page takes while nobody does anything.
 *
 * noVNC's own page is that of Debian's package (`novnc`). Where it is not installed that is said, and a bare page stands in
 * for it: the core of noVNC as its own page uses it, without that page's settings and bars.
 * @adr 0056
 */
import { existsSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Page } from 'puppeteer-core'
import { buildGuest } from '../../demo/guest.ts'
import { demoName, startDemo } from '../../demo/demo.ts'
import { root } from '../../paths.ts'
import { startQemu } from '../../testing.ts'
import { benchmark, median } from '../measure.ts'
import type { Benchmark, Later, Measured } from '../measure.ts'
import { openStage, pause } from '../parts/browser.ts'
import type { Stage } from '../parts/browser.ts'
import { writeScrollingGuest } from '../parts/scrolling-guest.ts'

/** Where Debian's package has noVNC's page. */
const packaged = '/usr/share/novnc'
/** How long frames are counted, in milliseconds. */
const countMs = 4000
/** How long an idle page is watched, in milliseconds: its clock goes in steps of 10. */
const idleMs = 10_000
/** How long somebody looks at a page before the next press, in milliseconds: it goes on with what its opening takes. */
const settleMs = 1000

/** What stands in for noVNC's page: its core, with the button that connects. */
const standIn = `<!doctype html><title>noVNC</title>
<body style="margin: 0; display: flex; flex-direction: column; height: 100vh">
<button id="noVNC_connect_button">Connect</button><div id="screen" style="flex: 1"></div>
<script type="module">
  import RFB from './core/rfb.js'
  document.querySelector('#noVNC_connect_button').addEventListener('click', () => {
    const path = new URLSearchParams(location.search).get('path')
    new RFB(document.querySelector('#screen'), 'ws://' + location.host + '/' + path, { shared: true })
  })
</script>`

/** Runs in a page before its own scripts: counts the pictures that are put on a canvas in the document. */
function watchCanvas(): void {
  const frames = { count: 0, first: 0 }
  Object.assign(globalThis, { frames })
  const drawImage = Object.getOwnPropertyDescriptor(CanvasRenderingContext2D.prototype, 'drawImage')
    ?.value as (...all: unknown[]) => void
  CanvasRenderingContext2D.prototype.drawImage = function (
    this: CanvasRenderingContext2D,
    ...all: unknown[]
  ) {
    Reflect.apply(drawImage, this, all)
    if (!this.canvas.isConnected) return
    frames.count += 1
    if (frames.first > 0) return
    const { data } = this.getImageData(0, 0, this.canvas.width, Math.min(100, this.canvas.height))
    if (data.some((value, at) => at % 4 < 3 && value > 0)) frames.first = performance.now()
  }
}

interface Watched {
  frames: { count: number; first: number }
}

/** Runs in a page: press a button or a tab; milliseconds until the first picture that is not black. */
async function pressToFrame(selector: string): Promise<number> {
  const { frames } = globalThis as unknown as Watched
  const button = document.querySelector<HTMLElement>(selector)
  if (button === null) throw new Error(`there is no ${selector}`)
  frames.first = 0
  const begin = performance.now()
  button.click()
  while (frames.first === 0) {
    if (performance.now() - begin > 20_000) throw new Error('no picture came within 20 s')
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
  return frames.first - begin
}

/** Runs in a page: milliseconds a frame. */
async function everyMs(watchMs: number): Promise<number> {
  const { frames } = globalThis as unknown as Watched
  const [begin, before] = [performance.now(), frames.count]
  await new Promise((resolve) => setTimeout(resolve, watchMs))
  return (performance.now() - begin) / (frames.count - before)
}

async function open(later: Later): Promise<Stage> {
  const stage = await openStage(later)
  const { web } = stage.lab
  if (existsSync(join(packaged, 'vnc.html'))) symlinkSync(packaged, join(web, 'novnc'))
  else {
    console.error(
      `Debian's package “novnc” is not installed: a bare page with noVNC's core stands in for its own page. ` +
        'To install it: apt-get install --no-install-recommends novnc',
    )
    mkdirSync(join(web, 'novnc'))
    writeFileSync(join(web, 'novnc', 'vnc.html'), standIn)
    for (const folder of ['core', 'vendor'])
      symlinkSync(join(root, 'node_modules', '@novnc', 'novnc', folder), join(web, 'novnc', folder))
  }
  for (const { page } of [stage.app, stage.bare]) await page.evaluateOnNewDocument(watchCanvas)
  return stage
}

async function openScrolling(later: Later): Promise<Stage> {
  const stage = await open(later)
  const { sockets } = stage.lab
  const disk = join(sockets, '..', 'scrolling.img')
  writeScrollingGuest(disk)
  await startQemu(sockets, 'vm', {
    args: [
      ...['-vga', 'std', '-vnc', `unix:${join(sockets, 'vm.vnc')}`],
      ...['-drive', `if=none,id=disk0,format=raw,file=${disk}`, '-device', 'ide-hd,drive=disk0'],
    ],
  })
  return stage
}

const connectButton = '#noVNC_connect_button'

/** noVNC's own page, before it connects. */
async function openNovnc({ lab, bare }: Stage, name: string): Promise<Page> {
  const path = encodeURIComponent(new URL(lab.channel(`${name}.vnc`)).search)
  await bare.open(`${lab.url}novnc/vnc.html?path=${path}`, connectButton)
  await pause(settleMs)
  await bare.quiet()
  return bare.page
}

/** Runs in the app's page: mark the tab of the screen, so that it can be pressed. */
function markTab(): void {
  const tabs = [...document.querySelectorAll('[role="tab"]')]
  const tab = tabs.find((each) => each.textContent.trim() === 'Screen')
  if (tab === undefined) throw new Error('the console has no tab for the screen')
  tab.id = 'bench-screen'
}

/** The app's console, before its screen is opened. */
async function openConsole({ lab, app }: Stage, name: string): Promise<Page> {
  await app.open(lab.address(`/machine/${name}/console?console=qmp`), '[role="tab"]')
  await app.page.waitForFunction(() =>
    [...document.querySelectorAll('[role="tab"]')].some((each) => each.textContent.trim() === 'Screen'),
  )
  await pause(settleMs)
  await app.quiet()
  await app.page.evaluate(markTab)
  return app.page
}

const leave = (page: Page): Promise<unknown> => page.goto('about:blank')

// ── an idle page ─────────────────────────────────────────────────────────────────────────────────────────────────

/** The demo machine with all of its channels, on TCG. */
async function openDemoMachine(later: Later): Promise<Stage> {
  const stage = await open(later)
  const { sockets } = stage.lab
  const state = join(sockets, '..', 'state')
  mkdirSync(state)
  const say = (words: string): void => console.error(words)
  const guest = buildGuest(say)
  if (!guest.ok) throw new Error(guest.error)
  const demo = await startDemo({ sockets, state, guest: guest.value }, 'tcg', say, () => false)
  if (!demo.ok) throw new Error(demo.error)
  later(() => demo.value.child.stop())
  return stage
}

/** Open all channels of the machine: the monitor and the lines stay connected, the screen and the agent are on view. */
async function openAll({ lab, app }: Stage): Promise<void> {
  await app.open(lab.address(`/machine/${demoName}/console?console=serial`), '.xterm-rows')
  for (const line of ['serial1', 'socket-hmp']) {
    await app.page.evaluate((hash) => (location.hash = hash), `#/machine/${demoName}/console?console=${line}`)
    await untilReady(app.page)
  }
  const beside = encodeURIComponent(`/machine/${demoName}/guest`)
  await app.page.evaluate(
    (hash) => (location.hash = hash),
    `#/machine/${demoName}/console?console=vnc&beside=${beside}`,
  )
  await untilReady(app.page)
  // The agent has answered.
  await app.page.waitForFunction(() => document.body.textContent.includes('Memory blocks'))
  await pause(settleMs)
}

/** Wait until the console that is shown says that it is ready. */
async function untilReady(page: Page): Promise<void> {
  await pause(settleMs)
  await page.waitForFunction(() =>
    [...document.querySelectorAll('main *')].some((each) => each.textContent.trim() === 'ready'),
  )
}

/** CPU time of an idle page as a share of one core, in percent: the median of three, by turns with noVNC's own page. */
async function idleShare(given: Stage): Promise<Measured> {
  const shares = { app: [] as number[], novnc: [] as number[] }
  const share = (ms: number): number => (ms / idleMs) * 100
  for (let n = 0; n < 3; n += 1) {
    await openAll(given)
    shares.app.push(share(await given.app.cost(() => pause(idleMs), 'process')))
    await leave(given.app.page)
    const page = await openNovnc(given, demoName)
    await page.evaluate(pressToFrame, connectButton)
    await pause(settleMs)
    shares.novnc.push(share(await given.bare.cost(() => pause(idleMs), 'process')))
    await leave(page)
  }
  return {
    value: median(shares.app),
    absolute: `of ${shares.app.join(', ')}; noVNC’s own page with the same screen alone ${median(shares.novnc)} %`,
  }
}

/** The benchmarks of the screen. */
export const benchmarks: readonly Benchmark[] = [
  benchmark('screen', {
    open: openScrolling,
    figures: [
      {
        name: 'screen: connect to first frame',
        unit: 'times noVNC’s own page, from the press to the first picture',
        goal: '<= 1.2',
        rounds: 7,
        baseline: async (given) => {
          const page = await openNovnc(given, 'vm')
          const ms = await page.evaluate(pressToFrame, connectButton)
          await leave(page)
          return ms
        },
        work: async (given) => {
          const page = await openConsole(given, 'vm')
          const ms = await page.evaluate(pressToFrame, '#bench-screen')
          await leave(page)
          return ms
        },
      },
      {
        name: 'screen: frames of scrolling text',
        unit: 'of those of noVNC’s own page',
        goal: '>= 0.9',
        rounds: 5,
        baseline: async (given) => {
          const page = await openNovnc(given, 'vm')
          await page.evaluate(pressToFrame, connectButton)
          const ms = await page.evaluate(everyMs, countMs)
          await leave(page)
          return ms
        },
        work: async (given) => {
          const page = await openConsole(given, 'vm')
          await page.evaluate(pressToFrame, '#bench-screen')
          const ms = await page.evaluate(everyMs, countMs)
          await leave(page)
          return ms
        },
      },
    ],
  }),
  benchmark('idle page', {
    open: openDemoMachine,
    figures: [
      {
        name: 'idle page with all channels open',
        unit: '% of a core, all threads of the page',
        goal: '<= 3',
        measure: idleShare,
      },
    ],
  }),
]

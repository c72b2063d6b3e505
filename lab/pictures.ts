/**
 * `npm run pictures`: a picture of each view of the built page with the demo machine, in both colour schemes, at 1440 and
 * 400 px, and a contact sheet of all, in the folder `pictures/` (which git ignores). For looking at what was changed.
 * `npm run pictures -- command schema` makes those whose names have one of these words.
 */
import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { chromium } from '@playwright/test'
import type { Browser } from '@playwright/test'
import { newKey } from './bridge/key.ts'
import { buildPage } from './build.ts'
import { readOptions } from './options.ts'
import { ensurePackages, findChromium, testPackages } from './packages.ts'
import { root } from './paths.ts'
import { startLab } from './start.ts'
import type { Lab } from './start.ts'

const schemes = ['light', 'dark'] as const
const widths = [1440, 400] as const
const heights: Readonly<Record<(typeof widths)[number], number>> = { 1440: 900, 400: 800 }
/** A view is taken as it is when nothing has changed in it for so long, at the latest after the limit. */
const calmMs = 400
const limitMs = 5_000

/** The views: name of the file, and place in the page. */
const views: readonly (readonly [name: string, place: string])[] = [
  ['first', '/'],
  ['overview', '/machine/lab1/overview'],
  ['schema', '/machine/lab1/schema'],
  ['entity', '/machine/lab1/schema/blockdev-add'],
  ['graph', '/machine/lab1/schema/blockdev-add?show=graph'],
  ['map', '/machine/lab1/schema?show=map'],
  ['compare', '/machine/lab1/schema?show=compare'],
  ['command', '/machine/lab1/command/blockdev-add'],
  ['plug', '/machine/lab1/command/device_add'],
  ['query', '/machine/lab1/command/query-block'],
  ['timeline', '/machine/lab1/timeline'],
  ['console', '/machine/lab1/console'],
  ['screen', '/machine/lab1/console?console=vnc'],
  ['serial', '/machine/lab1/console?console=serial'],
  ['guest', '/machine/lab1/guest'],
  ['inspect-blocks', '/machine/lab1/inspect/blocks'],
  ['inspect-snapshots', '/machine/lab1/inspect/snapshots'],
  ['inspect-migration', '/machine/lab1/inspect/migration'],
  ['inspect-monitor', '/machine/lab1/inspect/monitor?page=mtree'],
  ['inspect-jobs', '/machine/lab1/inspect/jobs'],
  ['inspect-devices', '/machine/lab1/inspect/devices'],
  ['inspect-objects', '/machine/lab1/inspect/objects?path=/machine'],
  ['inspect-cpus', '/machine/lab1/inspect/cpus'],
  ['inspect-stats', '/machine/lab1/inspect/stats'],
  ['recorded', '/recorded/qemu-11.1-x86_64/schema'],
  [
    'panes',
    `/machine/lab1/command/query-block?beside=${encodeURIComponent('/machine/lab1/schema/query-block')}`,
  ],
]

/** The command. Returns the exit code. */
export async function runPictures(args: readonly string[]): Promise<number> {
  const chosen = views.filter(([name]) => args.length === 0 || args.some((word) => name.includes(word)))
  if (chosen.length === 0) {
    console.error(`No view has that name. There are: ${views.map(([name]) => name).join(', ')}.`)
    return 2
  }
  ensurePackages(testPackages)
  const built = await buildPage()
  const options = readOptions(['--accel', 'tcg'])
  if (!built.ok || !options.ok) {
    console.error(built.ok ? 'The options of the lab could not be read.' : built.error)
    return 1
  }
  const lab = await startLab({ options: options.value, key: newKey(), say: (words) => console.log(words) })
  if (!lab.ok) {
    console.error(lab.error)
    return 1
  }
  const browser = await chromium.launch({
    executablePath: findChromium(),
    args: process.getuid?.() === 0 ? ['--no-sandbox'] : [],
  })
  try {
    await takeAll(browser, lab.value, chosen)
  } finally {
    await browser.close()
    await lab.value.stop()
  }
  return 0
}

async function takeAll(browser: Browser, lab: Lab, chosen: typeof views): Promise<void> {
  const folder = join(root, 'pictures')
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(folder)
  const taken: string[] = []
  for (const scheme of schemes) {
    for (const width of widths) {
      const context = await browser.newContext({
        colorScheme: scheme,
        viewport: { width, height: heights[width] },
      })
      for (const [name, place] of chosen) {
        const page = await context.newPage()
        await page.goto(`${lab.address}${place}`)
        await page.evaluate(calm)
        const file = `${name}-${width}-${scheme}.png`
        await page.screenshot({ path: join(folder, file) })
        await page.close()
        taken.push(file)
        console.log(file)
      }
      await context.close()
    }
  }
  await writeSheet(browser, folder, taken)
}

/** Run in the page: settles when its elements have not changed for a while, at the latest after the limit. */
const calm = `new Promise((done) => {
  const end = () => { watcher.disconnect(); clearTimeout(last); clearTimeout(still); done() }
  let still = setTimeout(end, ${calmMs * 3})
  const last = setTimeout(end, ${limitMs})
  const watcher = new MutationObserver(() => { clearTimeout(still); still = setTimeout(end, ${calmMs}) })
  watcher.observe(document.body, { childList: true, subtree: true, attributes: true })
})`

/** All pictures on one page, and that page as a picture. */
async function writeSheet(browser: Browser, folder: string, files: readonly string[]): Promise<void> {
  const figures = files
    .map(
      (file) =>
        `<figure><a href="${file}"><img src="${file}" alt=""></a><figcaption>${file}</figcaption></figure>`,
    )
    .join('\n')
  const sheet = join(folder, 'index.html')
  writeFileSync(
    sheet,
    `<!doctype html><meta charset="utf-8"><title>Pictures</title>
<style>body{font:13px sans-serif;display:flex;flex-wrap:wrap;gap:12px;background:#888}figure{margin:0}img{height:360px}</style>
${figures}\n`,
  )
  const page = await browser.newPage({ viewport: { width: 1900, height: 1000 } })
  await page.goto(pathToFileURL(sheet).href)
  await page.screenshot({ path: join(folder, 'contact.png'), fullPage: true })
  await page.close()
  console.log(`All of them: ${sheet}`)
}

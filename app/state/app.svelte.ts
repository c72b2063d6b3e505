/**
 * The state of the page: everything that outlives a view, made once and wired here. Components take it by `useApp()`,
 * other modules get what they need as arguments.
 * @adr 0050
 */
import { createContext } from 'svelte'
import { ManualShelf } from './library/manual-shelf.svelte.ts'
import { Recordings } from './library/open-recordings.svelte.ts'
import { RecordedStore } from './library/recorded-schemas.svelte.ts'
import { References } from './library/references.svelte.ts'
import { Machines } from './machine/machines.svelte.ts'
import { later } from './later.ts'
import { MadeOnce } from './made-once.ts'
import { Confirm } from './page/confirm.svelte.ts'
import { LabKey } from './page/lab-key.svelte.ts'
import { Panes } from './page/panes.svelte.ts'
import { Press } from './page/press.ts'
import { BesideRouter, focusedRouter, PageRouter } from './page/router.svelte.ts'
import type { Router } from './page/router.svelte.ts'
import { Settings } from './page/settings.svelte.ts'
import type { Platform } from './platform.ts'
import { TabMonitors } from './tabs/tab-monitors.ts'

/** The state of one page. */
export interface App {
  readonly platform: Platform
  readonly confirm: Confirm
  /** The router of the pane that has the focus, for parts of the page outside of panes. */
  readonly focusedRouter: Router
  readonly labKey: LabKey
  readonly machines: Machines
  readonly manualShelf: ManualShelf
  readonly panes: Panes
  readonly recorded: RecordedStore
  readonly recordings: Recordings
  readonly references: References
  /** That of the main pane, which has the address of the page. */
  readonly router: PageRouter
  readonly settings: Settings
  /** The state of a view that outlives it: made when it is first asked for, so that its code is loaded with the view. */
  of<Made>(make: (app: App) => Made): Made
}

/** Make the state of a page in this browser. Nothing is connected before `machines.start()`. */
export function createApp(platform: Platform): App {
  const { page, openChannel, reader } = platform
  const settings = new Settings(page)
  const confirm = new Confirm()
  const labKey = new LabKey(page)
  const manualShelf = new ManualShelf({
    ...platform,
    files: later(async () => new (await import('./library/manual-files.ts')).ManualFiles(platform)),
  })
  const references = new References(manualShelf, reader, new Press(page))
  const recorded = new RecordedStore(references, page)
  const machines = new Machines({
    ...platform,
    confirm,
    labKey,
    lockRules: later(() => import('./machine/lock.ts')),
    manualShelf,
    references,
    schemaCache: later(async () => new (await import('./library/schema-cache.ts')).SchemaCache(platform)),
    settings,
    tabMonitors: new TabMonitors(openChannel('qmp-studio.monitors')),
  })
  const router = new PageRouter(page, labKey)
  const beside = new BesideRouter(router)
  const app: App = {
    platform,
    confirm,
    focusedRouter: focusedRouter(router, beside),
    labKey,
    machines,
    manualShelf,
    panes: new Panes(router, beside, { machines, recorded }, page),
    recorded,
    recordings: new Recordings(machines, reader),
    references,
    router,
    settings,
    of: (make) => made.of(make),
  }
  const made = new MadeOnce(app)
  return app
}

/** The state of the page that the calling component is on, while that is made. */
export const [useApp, provideApp] = createContext<App>()

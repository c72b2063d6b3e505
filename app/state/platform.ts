/**
 * The browser, as far as the state of the page needs it: handed to `createApp`, so that a test makes an app of its own
 * browser, and two of them in one process.
 * @adr 0050
 */
import type { openDB } from 'idb'
import { LayoutLink } from '#link/layout-link.ts'
import { ReaderLink } from '#link/reader-link.ts'
import { WorkerLink } from '#link/worker-link.ts'
import type { LinkSink } from '#link/worker-link.ts'

/** The parts of a window. Its storages throw where they are switched off. */
export type Page = Pick<
  Window,
  | 'addEventListener'
  | 'document'
  | 'fetch'
  | 'history'
  | 'localStorage'
  | 'location'
  | 'matchMedia'
  | 'sessionStorage'
>

/** Where the tabs of a browser hear each other: a BroadcastChannel, or something like it. */
export interface Channel {
  onmessage: ((event: MessageEvent<unknown>) => unknown) | null
  postMessage(message: unknown): void
}

/** The link to the worker of one machine. */
export type MachineLink = Pick<WorkerLink, keyof WorkerLink>

/** What a browser gives. */
export interface Platform {
  readonly page: Page
  /** Milliseconds since the epoch. */
  readonly now: () => number
  /** Undefined where the browser has none: then the other tabs are not heard. */
  readonly openChannel: (name: string) => Channel | undefined
  /** Rejects where the browser keeps nothing. */
  readonly openDatabase: typeof openDB
  /** Starts the worker of a machine. `name` is for people. */
  readonly startMachine: (name: string, sink: LinkSink) => MachineLink
  /** The worker that reads references and recordings. */
  readonly reader: Pick<ReaderLink, keyof ReaderLink>
  /** The worker that lays out graphs. */
  readonly layout: Pick<LayoutLink, 'layOut'>
}

/** This browser. Its workers are started when they are first needed. */
export const thisBrowser = (): Platform => ({
  page: window,
  now: () => Date.now(),
  openChannel: (name) => {
    try {
      return new BroadcastChannel(name)
    } catch {
      return undefined
    }
  },
  // Its code comes with the first database that is opened.
  openDatabase: (name, version, callbacks) =>
    import('idb').then((idb) => idb.openDB(name, version, callbacks)),
  startMachine: (name, sink) => new WorkerLink(name, sink),
  reader: new ReaderLink(),
  layout: new LayoutLink(),
})

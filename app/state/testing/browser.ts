/** A browser without a network, a database or workers, for tests: what its tabs share, and what each has of its own. */
import type { Channel, MachineLink, Page, Platform } from '../platform.ts'

/** Texts that lie beside the page, by their names. */
type Files = Readonly<Record<string, () => string>>

/** One tab. */
export interface FakeTab extends Platform {
  /** The machines whose worker was started, by their names. */
  readonly started: string[]
  /** What was done with the workers: `NAME METHOD`. */
  readonly calls: string[]
  /** Something happens to the window. */
  readonly fire: (type: string, event?: object) => void
}

/** A tab, and the door to others of the same browser. */
export interface FakeBrowser extends FakeTab {
  readonly tab: () => FakeTab
}

function storage(): Storage {
  const texts = new Map<string, string>()
  return {
    getItem: (key: string) => texts.get(key) ?? null,
    setItem: (key: string, text: string) => void texts.set(key, text),
    removeItem: (key: string) => void texts.delete(key),
  } as Storage
}

/** A browser. */
export function fakeBrowser(files: Files = {}): FakeBrowser {
  const localStorage = storage()
  const channels = new Map<string, Set<Channel>>()
  const tab = (): FakeTab => makeTab(files, localStorage, channels)
  return { ...tab(), tab }
}

function makeTab(files: Files, localStorage: Storage, channels: Map<string, Set<Channel>>): FakeTab {
  const listeners = new Map<string, Set<(event: object) => void>>()
  const addEventListener = (type: string, listener: (event: object) => void): void =>
    void listeners.set(type, (listeners.get(type) ?? new Set()).add(listener))
  const location = { hash: '', search: '', pathname: '/', href: 'http://127.0.0.1:6080/' }
  const history = {
    state: null,
    replaceState: (_state: unknown, _title: string, address: string) =>
      void (location.hash = address.slice(Math.max(0, address.indexOf('#')))),
  }
  const fetch = (address: string): Promise<Response> => {
    const text = files[address.replace(/^\.\//, '')]?.()
    return Promise.resolve(new Response(text ?? '', { status: text === undefined ? 404 : 200 }))
  }
  const page = {
    addEventListener,
    document: { visibilityState: 'visible', addEventListener },
    fetch,
    history,
    localStorage,
    location,
    matchMedia: () => ({ matches: false, addEventListener: () => undefined }),
    sessionStorage: storage(),
  } as unknown as Page
  const started: string[] = []
  const calls: string[] = []
  const none = (): never => {
    throw new Error('This browser has no workers.')
  }
  return {
    page,
    started,
    calls,
    fire: (type, event = {}) => listeners.get(type)?.forEach((listener) => listener(event)),
    now: () => Date.UTC(2026, 0, 1),
    openChannel: (name) => {
      const all = channels.get(name) ?? new Set()
      channels.set(name, all)
      const own: Channel = {
        onmessage: null,
        postMessage: (data) => {
          for (const each of all)
            if (each !== own) queueMicrotask(() => each.onmessage?.(new MessageEvent('message', { data })))
        },
      }
      all.add(own)
      return own
    },
    openDatabase: () => Promise.reject(new Error('This browser keeps nothing.')),
    startMachine: (name) => {
      started.push(name)
      // Every call is answered with nothing.
      const answering = <Part extends object>(part: Part): Part =>
        new Proxy(part, {
          get: (own, method) =>
            Reflect.get(own, method) ??
            (() => {
              calls.push(`${name} ${String(method)}`)
              return Promise.resolve()
            }),
        })
      return answering({ calls: answering({}) } as MachineLink)
    },
    reader: {
      forgetReference: none,
      hasReference: none,
      layOver: none,
      nameTypes: none,
      readRecording: none,
      readReference: none,
    },
    layout: { layOut: none },
  }
}

/**
 * What was learned of the widths of integers by asking QEMU, kept by the fingerprint of the schema: the names of types
 * are the same only in the same build.
 */
import type { App } from '../app.svelte.ts'
import type { Page } from '../platform.ts'
import { own } from '#base/own.ts'
import { printJson } from '#base/json/print.ts'
import type { Json } from '#base/json/value.ts'
import type { Widths } from '#qapi/check/widths.ts'

const storageKey = 'qmp-studio.widths'
/** Schemas of which something is remembered; the longest unused is forgotten. */
const mostSchemas = 20

type StoredWidths = Readonly<Record<string, Widths>>

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function read(page: Pick<Page, 'localStorage'>): StoredWidths {
  const stored = Object.create(null) as Record<string, Widths>
  try {
    const value: unknown = JSON.parse(page.localStorage.getItem(storageKey) ?? '{}')
    for (const [print, widths] of Object.entries(isRecord(value) ? value : {})) {
      if (!isRecord(widths)) continue
      stored[print] = Object.fromEntries(
        Object.entries(widths).filter((entry): entry is [string, string] => typeof entry[1] === 'string'),
      )
    }
  } catch {
    // What cannot be read is learned again.
  }
  return stored
}

/** The widths, by schemas. */
export class LearnedWidths {
  readonly #page: Pick<Page, 'localStorage'>
  #stored: StoredWidths = $state.raw({})
  readonly #prints = new WeakMap<object, Promise<string>>()

  constructor(page: Pick<Page, 'localStorage'>) {
    this.#page = page
    this.#stored = read(page)
  }

  /** The fingerprint of a schema as it was sent: the same for the same build of QEMU. */
  fingerprint(raw: Json): Promise<string> {
    if (typeof raw !== 'object' || raw === null) return Promise.resolve('')
    let print = this.#prints.get(raw)
    if (print === undefined) {
      print = digest(printJson(raw))
      this.#prints.set(raw, print)
    }
    return print
  }

  /** What was learned of the schema with that fingerprint. */
  of(print: string): Widths {
    return own(this.#stored, print) ?? {}
  }

  /** Remember the width of a member, under its `widthKey`. */
  learn(print: string, key: string, width: string): void {
    const own = { ...this.of(print), [key]: width }
    const others = Object.entries(this.#stored).filter(([each]) => each !== print)
    this.#stored = Object.fromEntries([...others.slice(-(mostSchemas - 1)), [print, own]])
    try {
      this.#page.localStorage.setItem(storageKey, JSON.stringify(this.#stored))
    } catch {
      // Without storage it is known until the page is closed.
    }
  }
}

/** Those of a page, for `app.of`. */
export const makeLearnedWidths = (app: Pick<App, 'platform'>): LearnedWidths =>
  new LearnedWidths(app.platform.page)

async function digest(text: string): Promise<string> {
  // Only a page of a secure origin has it; http on loopback is one.
  if (!('subtle' in crypto)) return `${text.length}`
  const bytes = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text))
  return Array.from(new Uint8Array(bytes).slice(0, 12), (each) => each.toString(16).padStart(2, '0')).join('')
}

/**
 * Texts of arguments that the address of the page does not have, over a reload: unfinished JSON, and what is too long
 * for a link. They are in the memory of the tab (`sessionStorage`), bounded in number and size; what may hold a secret
 * is not among them.
 */
import { own } from '#base/own.ts'
import { isJsonObject } from '#base/json/value.ts'
import type { Json } from '#base/json/value.ts'
import { parseJson } from '#base/json/parse.ts'
import { textMayCarrySecret } from '#qapi/secrets/secrets.ts'
import type { Page } from '#state/platform.ts'

const storageKey = 'qmp-studio.unfinished'

/** Commands of a tab that are kept: more than anybody leaves unfinished. The oldest go. */
export const mostUnfinished = 20
/** UTF-16 units of all of them: a browser gives a page some five million for everything. The oldest go. */
export const mostUnfinishedSize = 100_000
/** After the last key, in milliseconds: shorter, and the whole of it is written with each letter. */
const quietMs = 400

/** What is kept of one command. */
export interface UnfinishedTexts {
  /** The text that led. */
  readonly text: string | undefined
  /** Unfinished texts that were put aside when the form was edited, the newest last. */
  readonly aside: readonly string[]
  /** The arguments that the address had then. */
  readonly address: string | undefined
}

/** The kept texts of a tab, by the key of their draft. */
export class UnfinishedStore {
  readonly #page: Pick<Page, 'sessionStorage' | 'addEventListener'>
  readonly #kept: Map<string, UnfinishedTexts>
  #timer: ReturnType<typeof setTimeout> | undefined

  constructor(page: Pick<Page, 'sessionStorage' | 'addEventListener'>) {
    this.#page = page
    this.#kept = read(page)
    page.addEventListener('pagehide', () => {
      if (this.#timer !== undefined) this.#write()
    })
  }

  of(key: string): UnfinishedTexts | undefined {
    return this.#kept.get(key)
  }

  /** Keep the texts of a draft; undefined where there are none. It is written soon, and when the page is left. */
  put(key: string, texts: UnfinishedTexts | undefined): void {
    if (texts === undefined && !this.#kept.has(key)) return
    this.#kept.delete(key)
    if (texts !== undefined) this.#kept.set(key, texts)
    for (const [oldest] of this.#kept) {
      if (this.#kept.size <= mostUnfinished && this.#size() <= mostUnfinishedSize) break
      this.#kept.delete(oldest)
    }
    clearTimeout(this.#timer)
    this.#timer = setTimeout(() => this.#write(), quietMs)
  }

  #size(): number {
    let size = 0
    for (const [key, texts] of this.#kept) size += key.length + sizeOf(texts)
    return size
  }

  #write(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
    try {
      if (this.#kept.size === 0) this.#page.sessionStorage.removeItem(storageKey)
      else this.#page.sessionStorage.setItem(storageKey, JSON.stringify([...this.#kept]))
    } catch {
      // The browser keeps nothing, or has no room: the texts stay until the page is left.
    }
  }
}

/** Why an unfinished text is not kept over a reload, as the end of a sentence; undefined where it is. */
export function whyNotKept(text: string, name: string): string | undefined {
  if (text.length > mostUnfinishedSize) return `it has more than ${mostUnfinishedSize / 1000},000 characters`
  return textMayCarrySecret(text, name) ? 'it may hold a secret' : undefined
}

function sizeOf({ text = '', aside, address = '' }: UnfinishedTexts): number {
  return aside.reduce((size, each) => size + each.length, text.length + address.length)
}

/** The texts of an earlier page of this tab. Whatever else is there is left out. */
function read(page: Pick<Page, 'sessionStorage'>): Map<string, UnfinishedTexts> {
  const kept = new Map<string, UnfinishedTexts>()
  let stored: string | null
  try {
    stored = page.sessionStorage.getItem(storageKey)
  } catch {
    return kept
  }
  const parsed = stored === null ? undefined : parseJson(stored)
  if (parsed?.ok !== true || !Array.isArray(parsed.value)) return kept
  for (const entry of (parsed.value as readonly Json[]).slice(-mostUnfinished)) {
    if (!Array.isArray(entry)) continue
    const [key, texts] = entry as readonly Json[]
    if (typeof key === 'string' && texts !== undefined && isJsonObject(texts)) {
      const aside = own(texts, 'aside')
      kept.set(key, {
        text: textIn(own(texts, 'text')),
        aside: Array.isArray(aside)
          ? (aside as readonly Json[]).filter((each) => typeof each === 'string')
          : [],
        address: textIn(own(texts, 'address')),
      })
    }
  }
  return kept
}

const textIn = (value: Json | undefined): string | undefined =>
  typeof value === 'string' ? value : undefined

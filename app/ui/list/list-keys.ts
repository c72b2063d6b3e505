/** Which item of a list a key goes to. Lists, menus, tabs and fields with suggestions all ask here. @aria Keyboard */
import { own } from '#base/own.ts'

/** The list, as far as keys are concerned. */
export interface ListShape {
  readonly length: number
  /** The item that the keys are on; -1 for none. */
  readonly active: number
  /** Items of a page, for Page Up and Page Down; without it these keys are not used. */
  readonly page?: number
  /** After the last item comes the first. */
  readonly wraps?: boolean
  /** A field has the keys: Home and End move its caret, and above the first item is the field. */
  readonly inField?: boolean
  /** The arrows that move: down and up, or right and left. */
  readonly axis?: 'down' | 'right'
}

/** The item that a key goes to, -1 for none of them; undefined where the list does not use this key. */
export function itemByKey(key: string, list: ListShape): number | undefined {
  const { length, active, page, wraps = false, inField = false } = list
  const [next, previous] = list.axis === 'right' ? ['ArrowRight', 'ArrowLeft'] : ['ArrowDown', 'ArrowUp']
  const step = own(
    {
      [next]: 1,
      [previous]: -1,
      ...(inField ? {} : { Home: -length, End: length }),
      ...(page === undefined ? {} : { PageDown: page, PageUp: -page }),
    },
    key,
  )
  if (step === undefined) return undefined
  if (length === 0) return -1
  if (wraps && Math.abs(step) === 1) {
    return active < 0 ? (step > 0 ? 0 : length - 1) : (active + step + length) % length
  }
  // Nothing is chosen yet: any key comes to the first item, but End to the last.
  if (active < 0 && step !== length) return inField && step < 0 ? -1 : 0
  return Math.max(inField && step === -1 ? -1 : 0, Math.min(length - 1, active + step))
}

/** Letters that come within this time, in milliseconds, belong together: about two keys of a slow typist. */
const togetherMs = 700

/** Finds the item whose text begins with what was typed. */
export class Typeahead {
  #typed = ''
  #at = -Infinity

  /**
   * The item that a typed letter goes to, from `active` on and around the end; undefined where none begins like that.
   * `at` is the time of the key in milliseconds. The same letter again goes to the next item that begins with it.
   */
  find(letter: string, at: number, texts: readonly string[], active: number): number | undefined {
    const isNew = at - this.#at > togetherMs
    this.#typed = isNew ? letter.toLowerCase() : this.#typed + letter.toLowerCase()
    this.#at = at
    const isRepeated = this.#typed.replaceAll(this.#typed.charAt(0), '') === ''
    const wanted = isRepeated ? this.#typed.slice(0, 1) : this.#typed
    // More letters of one word may still mean the item that the keys are on.
    const from = Math.max(0, active + (isRepeated ? 1 : 0))
    for (let step = 0; step < texts.length; step += 1) {
      const index = (from + step) % texts.length
      if (texts[index]?.toLowerCase().startsWith(wanted) === true) return index
    }
    return undefined
  }

  /** Whether letters were typed just before: a blank is then one more of them, and presses nothing. */
  isTyping(at: number): boolean {
    return this.#typed !== '' && at - this.#at <= togetherMs
  }
}

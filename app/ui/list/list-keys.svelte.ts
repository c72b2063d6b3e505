/** The item that the keys of a list are on. One of these is in every list, menu, row of tabs and field with suggestions. */
import { itemByKey, Typeahead } from './list-keys.ts'
import type { ListShape } from './list-keys.ts'

/** What the keys need to know of their list. All of it is asked when a key is pressed. */
export interface KeyedList extends Pick<ListShape, 'wraps' | 'inField' | 'axis'> {
  length(): number
  page?(): number
  /** The texts of the items: letters go to the item that begins with them. */
  texts?(): readonly string[]
  /** Bring an item into sight, or give it the focus. */
  reveal?(index: number): void
  /** Enter, or Space outside of a field. */
  choose?(index: number): void
}

/** The active item of a list, moved by keys. */
export class ListKeys {
  /** -1 for none. */
  active = $state(-1)
  readonly #list: KeyedList
  readonly #typeahead = new Typeahead()

  constructor(list: KeyedList) {
    this.#list = list
  }

  /** Use a key. False where it is none of the list's; what it would do otherwise then happens. */
  press(event: KeyboardEvent): boolean {
    if (event.ctrlKey || event.altKey || event.metaKey || event.isComposing) return false
    const list = this.#list
    const length = list.length()
    const active = Math.min(this.active, length - 1)
    const page = list.page?.()
    const { wraps, inField, axis } = list
    const item =
      itemByKey(event.key, {
        length,
        active,
        ...(page === undefined ? {} : { page }),
        ...(wraps === undefined ? {} : { wraps }),
        ...(inField === undefined ? {} : { inField }),
        ...(axis === undefined ? {} : { axis }),
      }) ?? this.#byLetter(event, active)
    if (item !== undefined) {
      event.preventDefault()
      this.go(item)
      return true
    }
    const chooses = event.key === 'Enter' || (event.key === ' ' && inField !== true)
    if (!chooses || active < 0 || list.choose === undefined) return false
    event.preventDefault()
    list.choose(active)
    return true
  }

  /** Go to an item, and bring it into sight. */
  go(index: number): void {
    this.active = index
    if (index >= 0) this.#list.reveal?.(index)
  }

  #byLetter(event: KeyboardEvent, active: number): number | undefined {
    const texts = this.#list.texts?.()
    if (texts === undefined || !/^.$/u.test(event.key)) return undefined
    if (event.key === ' ' && !this.#typeahead.isTyping(event.timeStamp)) return undefined
    return this.#typeahead.find(event.key, event.timeStamp, texts, active)
  }
}

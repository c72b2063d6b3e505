/**
 * Protects against other sites that trick a person into pressing buttons of this page. A page of another origin may put it
 * into a frame and cover it, or open it and change its address just before a press that was meant for something else.
 * @adr 0040
 */

/** Whether some page around this one is of another origin, or cannot be looked at, which is the same. */
export function isFramedByOthers(page: Window): boolean {
  const { origin } = page.location
  let at: Window = page
  // Frames are nested a few levels deep; nobody sees a page that is nested deeper.
  for (let depth = 0; at.parent !== at; depth += 1) {
    if (depth > 20) return true
    at = at.parent
    try {
      if (at.location.origin !== origin) return true
    } catch {
      return true
    }
  }
  return false
}

/**
 * How long the page stays disarmed, in milliseconds: a press that was meant for the former content comes within a fifth of
 * a second, and a person who has read the new content needs longer than this.
 */
export const unarmedMs = 500

/** Presses and keys that could trigger something. Others, such as typed letters, pass. */
function setsOff(event: Event): boolean {
  if (!(event instanceof KeyboardEvent)) return true
  if (event.key === 'Enter') return true
  const at = event.target
  // Arrows and letters change what is chosen in a list.
  if (at instanceof HTMLSelectElement) return event.key !== 'Tab'
  if (event.key !== ' ') return false
  // Nothing has the focus: it is a letter for what is about to open (the palette).
  if (at instanceof HTMLBodyElement || at instanceof HTMLDialogElement) return false
  return !(at instanceof HTMLInputElement || at instanceof HTMLTextAreaElement) || at.type === 'checkbox'
}

const kinds = [
  'pointerdown',
  'mousedown',
  'click',
  'dblclick',
  'auxclick',
  'keydown',
  'submit',
  'drop',
  'paste',
] as const

/** Arms and disarms a page. */
export class Arming {
  readonly #page: Window
  #timer: number | undefined

  constructor(page: Window) {
    this.#page = page
    for (const kind of kinds) {
      page.addEventListener(
        kind,
        (event) => {
          if (this.#timer === undefined || !setsOff(event)) return
          event.preventDefault()
          event.stopImmediatePropagation()
        },
        true,
      )
    }
  }

  /** A stranger changed the address: nothing can be pressed for a moment. */
  disarm(): void {
    const root = this.#page.document.documentElement
    clearTimeout(this.#timer)
    root.dataset.unarmed = ''
    this.#timer = this.#page.setTimeout(() => {
      this.#timer = undefined
      delete root.dataset.unarmed
    }, unarmedMs)
  }
}

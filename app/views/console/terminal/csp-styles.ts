/**
 * Lets xterm.js 6.0.0 work under `style-src 'self'`, which forbids `<style>` elements and `style` attributes.
 *
 * It uses both. Its DOM renderer and its viewport make `<style>` elements while the terminal is opened and fill them
 * through `textContent`, then and at each change of colours; and it marks selected cells through
 * `setAttribute('style', …)`. Constructed style sheets and the CSSOM are not subject to the policy, so the first are
 * led into a sheet in `document.adoptedStyleSheets`, and the second into `element.style`.
 *
 * xterm's own option `documentOverride` does not help: the viewport takes the real document whatever it says.
 * @adr 0005
 */

/** Removes the sheets that `withAdoptedStyles` added. */
export type ReleaseStyles = () => void

/**
 * Run `open`, in which a terminal is opened, synchronously. Elements made meanwhile in place of `<style>` feed style
 * sheets of their own for as long as they live. Returns what takes all of them away again.
 */
export function withAdoptedStyles(open: () => void): ReleaseStyles {
  const sheets = new Set<CSSStyleSheet>()
  const prototype: { createElement(name: string, options?: ElementCreationOptions): HTMLElement } =
    Document.prototype
  const create = (name: string, options?: ElementCreationOptions): HTMLElement =>
    prototype.createElement.call(document, name, options)

  function adopt(element: HTMLElement): void {
    const sheet = new CSSStyleSheet()
    sheets.add(sheet)
    document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet]
    Object.defineProperty(element, 'textContent', {
      configurable: true,
      get: () => '',
      set: (css: unknown) => sheet.replaceSync(String(css)),
    })
    const remove = element.remove.bind(element)
    element.remove = () => {
      release(sheet)
      remove()
    }
  }

  function release(sheet: CSSStyleSheet): void {
    sheets.delete(sheet)
    document.adoptedStyleSheets = document.adoptedStyleSheets.filter((each) => each !== sheet)
  }

  // An own property over the prototype's method, and gone again before anything else of the page can run.
  Object.defineProperty(document, 'createElement', {
    configurable: true,
    value: (name: string, options?: ElementCreationOptions): HTMLElement => {
      if (name !== 'style') return create(name, options)
      // Another element that is never shown: the policy reports an empty `<style>` as well.
      const element = create('template')
      adopt(element)
      return element
    },
  })
  try {
    open()
  } finally {
    Reflect.deleteProperty(document, 'createElement')
  }
  return () => {
    for (const sheet of [...sheets]) release(sheet)
  }
}

/**
 * Make the row factory of an opened terminal set styles through the CSSOM. It is inside xterm.js and has no public way
 * to it; where it is not found, selected cells lack a background of their own, but the selection layer below the text is drawn anyway.
 */
export function styleCellsThroughCssom(terminal: object): void {
  const factory = ['_core', '_renderService', '_renderer', 'value', '_rowFactory'].reduce<unknown>(
    (from, name) =>
      typeof from === 'object' && from !== null && name in from ? Reflect.get(from, name) : undefined,
    terminal,
  )
  if (typeof factory !== 'object' || factory === null || !('_addStyle' in factory)) return
  factory._addStyle = (element: HTMLElement, style: string): void => {
    element.style.cssText += style
  }
}

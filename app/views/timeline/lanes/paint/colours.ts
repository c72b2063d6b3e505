/** The colours of the page for what is drawn on a canvas. */

const properties = {
  text: '--text',
  muted: '--text-muted',
  border: '--border',
  strong: '--border-strong',
  raised: '--bg-raised',
  sunken: '--bg-sunken',
  selected: '--bg-selected',
  accent: '--accent',
  danger: '--danger',
  warning: '--warning',
  ok: '--ok',
  info: '--info',
  focus: '--focus',
} as const

/** Colours by short names of their custom properties. */
export type Colours = Readonly<Record<keyof typeof properties, string>>

let darkScheme: MediaQueryList | undefined
let coloursNow: { readonly theme: string; readonly colours: Colours } | undefined

/** The colours of the page. Reading them makes the browser work out all styles: done once for each theme. */
export function coloursOf(element: Element): Colours {
  darkScheme ??= globalThis.matchMedia('(prefers-color-scheme: dark)')
  const theme = `${document.documentElement.dataset.theme ?? ''} ${darkScheme.matches}`
  if (coloursNow?.theme !== theme) coloursNow = { theme, colours: readColours(element) }
  return coloursNow.colours
}

function readColours(element: Element): Colours {
  const style = getComputedStyle(element)
  const values = Object.entries(properties).map(([name, property]) => [
    name,
    style.getPropertyValue(property).trim(),
  ])
  return Object.fromEntries(values) as Colours
}

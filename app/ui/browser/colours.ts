/** The colours of the page for what a program draws: on a canvas, in a plot, in a terminal. */
import { schemeNow } from './scheme.ts'

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

/** Colours as the browser resolved them (`rgb(…)`), by short names of their tokens. */
export type Colours = Readonly<Record<keyof typeof properties, string>>

/** The colours of the page's present scheme. Reading them makes the browser work out all styles: done once a scheme. */
export class PageColours {
  #known: { readonly scheme: string; readonly colours: Colours } | undefined

  now(): Colours {
    const scheme = schemeNow()
    if (this.#known?.scheme !== scheme) this.#known = { scheme, colours: readColours() }
    return this.#known.colours
  }
}

/** Those of an app: its canvases share them. */
export const makeColours = (): PageColours => new PageColours()

function readColours(): Colours {
  // A token is a pair of colours: only a property that takes a colour says which of the two is meant.
  const probe = document.createElement('span')
  probe.hidden = true
  document.body.append(probe)
  const values = Object.entries(properties).map(([name, property]) => {
    probe.style.color = `var(${property})`
    return [name, getComputedStyle(probe).color]
  })
  probe.remove()
  return Object.fromEntries(values) as Colours
}

import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'

const css = readFileSync(new URL('tokens.css', import.meta.url), 'utf8')
const [usual = '', more = ''] = css.split('@media (prefers-contrast: more)')

/** The colours of a part of the style sheet: each name with its value in the light and in the dark scheme. */
function coloursOf(part: string): ReadonlyMap<string, readonly [light: string, dark: string]> {
  const found = part.matchAll(/--([a-z-]+): light-dark\((#[\da-f]{6}), (#[\da-f]{6})\);/g)
  return new Map([...found].map(([, name = '', light = '', dark = '']) => [name, [light, dark]]))
}

/** WCAG's relative luminance of `#rrggbb`. */
function luminance(colour: string): number {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((at) => {
    const share = Number.parseInt(colour.slice(at, at + 2), 16) / 255
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4
  })
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue
}

function contrast(one: string, other: string): number {
  const [high = 0, low = 0] = [luminance(one), luminance(other)].toSorted((a, b) => b - a)
  return (high + 0.05) / (low + 0.05)
}

const grounds = ['bg', 'bg-raised', 'bg-sunken', 'bg-hover', 'bg-selected']
const words = ['text', 'text-muted', 'accent', 'danger', 'warning', 'ok', 'info']

test.each([
  { name: 'as usual', colours: coloursOf(usual), text: 4.5, edge: 3 },
  // What the high-contrast set leaves out it has from the usual one.
  {
    name: 'with more contrast',
    colours: new Map([...coloursOf(usual), ...coloursOf(more)]),
    text: 7,
    edge: 4.5,
  },
])('texts and edges are seen on every background, $name', ({ colours, text, edge }) => {
  expect(grounds.every((each) => colours.has(each))).toBe(true)
  const tooLow: string[] = []
  const look = (name: string, ground: string, least: number): void => {
    for (const scheme of [0, 1] as const) {
      const found = contrast(colours.get(name)?.[scheme] ?? '', colours.get(ground)?.[scheme] ?? '')
      // A colour that is missing gives NaN, which is not enough either.
      if (!(found >= least))
        tooLow.push(`${name} on ${ground}, ${scheme === 0 ? 'light' : 'dark'}: ${found.toFixed(2)}`)
    }
  }
  for (const ground of grounds) {
    for (const word of words) look(word, ground, text)
    look('focus', ground, 3)
  }
  for (const ground of ['bg', 'bg-raised']) look('border-strong', ground, edge)
  look('accent-text', 'accent', text)
  look('danger-text', 'danger', text)
  expect(tooLow).toEqual([])
})

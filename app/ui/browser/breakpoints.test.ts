import { readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { breakpoints, upTo } from './breakpoints.ts'

const app = fileURLToPath(new URL('../..', import.meta.url))
const known: readonly number[] = Object.values(breakpoints)

/** The widths in media queries of a source: of style sheets and of scripts. */
function widthsOf(text: string): readonly number[] {
  return [...text.matchAll(/@media[^{]*|(?:MediaQuery|matchMedia)\([^)]*\)/g)].flatMap(([query]) =>
    [...query.matchAll(/([\d.]+)px/g)].map(([, width]) => Number(width)),
  )
}

test('there are three widths, and media queries have no other', () => {
  expect(widthsOf('@media (max-width: 719px) and (min-height: 3px) { a { top: 1px } }')).toEqual([719, 3])
  expect(widthsOf("new MediaQuery('(max-width: 7px)')")).toEqual([7])
  expect(upTo('narrow')).toBe('(max-width: 720px)')
  const sources = readdirSync(app, { recursive: true, encoding: 'utf8' }).filter((name) =>
    /\.(?:svelte|css|ts)$/.test(name),
  )
  expect(sources.length).toBeGreaterThan(100)
  const others = sources
    .filter((name) => !name.endsWith('.test.ts'))
    .flatMap((name) =>
      widthsOf(readFileSync(join(app, name), 'utf8'))
        .filter((width) => !known.includes(width))
        .map((width) => `${name}: ${width}px`),
    )
  expect(others).toEqual([])
})

/** How the lines of a plot are told apart: by colour, then by dashes. */

/** The looks of lines: each colour once, then the same colours with dashes. */
const lineColours = ['accent', 'warning', 'ok', 'info', 'danger', 'text', 'focus', 'muted'] as const
const dashes: readonly (readonly number[])[] = [[], [6, 3], [2, 2], [8, 3, 2, 3]]

/** How the line at a place is drawn: its colour by name, and its dashes. */
export function lineLook(index: number): {
  readonly colour: (typeof lineColours)[number]
  readonly dash: readonly number[]
} {
  return {
    colour: lineColours[index % lineColours.length] ?? 'accent',
    dash: dashes[Math.floor(index / lineColours.length) % dashes.length] ?? [],
  }
}

/** The colours and the font of a terminal, from the page's current scheme. */
import type { ITheme } from '@xterm/xterm'
import { PageColours } from '#ui/browser/colours.ts'

/** What a terminal is drawn with. */
export interface Look {
  readonly theme: ITheme
  readonly fontFamily: string
}

/** The look in the page's present scheme; the font is that of an element of the page. */
export function readLook(at: HTMLElement): Look {
  const {
    text,
    muted,
    raised: background,
    selected: selection,
    strong: slider,
    ...rest
  } = new PageColours().now()
  const { danger: red, ok: green, warning: yellow, accent: blue, info: magenta } = rest
  const hues = Object.fromEntries(
    Object.entries({ red, green, yellow, blue, magenta, cyan: blue }).flatMap(([name, value]) => [
      [name, value],
      [`bright${name[0]?.toUpperCase() ?? ''}${name.slice(1)}`, value],
    ]),
  ) as Readonly<Record<string, string>>
  return {
    fontFamily: getComputedStyle(at).getPropertyValue('--font-mono'),
    theme: {
      ...hues,
      background,
      foreground: text,
      black: background,
      white: text,
      brightWhite: text,
      brightBlack: muted,
      cursor: text,
      cursorAccent: background,
      selectionBackground: selection,
      selectionInactiveBackground: selection,
      scrollbarSliderBackground: slider,
      scrollbarSliderHoverBackground: slider,
      scrollbarSliderActiveBackground: muted,
    },
  }
}

/** The colours and the font of a terminal, from the page's current scheme. */
import type { ITheme } from '@xterm/xterm'

/** What a terminal is drawn with. */
export interface Look {
  readonly theme: ITheme
  readonly fontFamily: string
}

/**
 * Read the look at an element of the page. Colours are resolved by the browser (a probe element), so that they may be
 * written in any way that CSS knows.
 */
export function readLook(at: HTMLElement): Look {
  const probe = document.createElement('span')
  probe.hidden = true
  at.append(probe)
  const colour = (name: string): string => {
    probe.style.color = `var(${name})`
    return getComputedStyle(probe).color
  }
  probe.style.fontFamily = 'var(--font-mono)'
  const fontFamily = getComputedStyle(probe).fontFamily
  const text = colour('--text')
  const muted = colour('--text-muted')
  const background = colour('--bg-raised')
  const selection = colour('--bg-selected')
  const [red, green, yellow, blue, magenta] = ['--danger', '--ok', '--warning', '--accent', '--info'].map(
    colour,
  )
  const slider = colour('--border-strong')
  probe.remove()
  const hues = Object.fromEntries(
    Object.entries({ red, green, yellow, blue, magenta, cyan: blue }).flatMap(([name, value]) =>
      value === undefined
        ? []
        : [
            [name, value],
            [`bright${name[0]?.toUpperCase() ?? ''}${name.slice(1)}`, value],
          ],
    ),
  ) as Readonly<Record<string, string>>
  return {
    fontFamily,
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

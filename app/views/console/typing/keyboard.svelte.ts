/** The keyboard that texts are typed with: one choice for the page. */
import type { LayoutName } from './layouts.ts'

class Keyboard {
  layout = $state<LayoutName>('us')
}

/** The keyboard of the page. */
export const makeKeyboard = (): Keyboard => new Keyboard()

/** Who sends keys to a guest: a screen by VNC, or the monitor. What the menus of keys need of it. */
import type { GuestKey } from './guest-keys.ts'
import type { Typing } from './typing.svelte.ts'

/** A modifier that can be held by a button. */
export type Held = 'ctrl' | 'alt' | 'shift' | 'super'

/** One way to the keyboard of a guest. */
export interface KeySender {
  /** Why nothing can be sent now: a sentence; undefined where it can. */
  readonly whyNot: string | undefined
  readonly typing: Typing
  /** What a person should know before a text is typed: a sentence. */
  readonly note?: string
  /** Press keys together, in their order, and release them. */
  press(...keys: readonly GuestKey[]): void
  /** Modifiers that are held; only where `hold` is there. */
  readonly held?: readonly Held[]
  /** Hold a modifier until it is pressed again. */
  hold?(name: Held): void
}

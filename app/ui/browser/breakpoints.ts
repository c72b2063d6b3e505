/**
 * The widths at which the page changes its layout, in CSS pixels. Style sheets cannot read them, so they repeat them in
 * `@media (max-width: …px)`; breakpoints.test.ts refuses other widths there.
 */
export const breakpoints = {
  /** A phone: what is said in two places is said in one. */
  small: 480,
  /** One column: list and work area are two screens, the views are at the lower edge. */
  narrow: 720,
  /** Words beside icons go away. */
  medium: 1080,
} as const

/** A media query for pages of this width or less. */
export function upTo(name: keyof typeof breakpoints): string {
  return `(max-width: ${breakpoints[name]}px)`
}

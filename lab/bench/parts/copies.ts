/**
 * Copies of what the app shows, for a baseline: the same elements in the same styles, without what made them. Both
 * functions run in the app's page.
 */

interface Copies {
  copies?: { readonly original: Element; readonly copy: Node }[]
}

/** Keep a copy of an element. */
export function copyShown(selector: string): void {
  const original = document.querySelector(selector)
  if (original === null) throw new Error(`there is no ${selector}`)
  const kept = globalThis as Copies
  kept.copies = [...(kept.copies ?? []), { original, copy: original.cloneNode(true) }]
}

/** Draw each copy in the place of its original, and lay it out. The originals come back in the end. */
export async function drawCopies(): Promise<void> {
  for (const { original, copy } of (globalThis as Copies).copies ?? []) {
    const drawn = copy.cloneNode(true)
    original.replaceWith(drawn)
    document.body.getBoundingClientRect()
    await new Promise((resolve) => setTimeout(resolve))
    drawn.parentNode?.replaceChild(original, drawn)
  }
}

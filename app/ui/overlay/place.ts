/** Where a menu, a popover or a list of suggestions is drawn: at its button, and whole inside the page. */

/** A rectangle of the page, in CSS pixels from its upper left corner. */
export interface Box {
  readonly left: number
  readonly top: number
  readonly right: number
  readonly bottom: number
}

/** Width and height, in CSS pixels. */
export interface Size {
  readonly width: number
  readonly height: number
}

/** A place in the page, and the height that is left there. */
export interface PopupPlace {
  readonly left: number
  readonly top: number
  readonly mostHeight: number
}

/** Pixels between the panel and its button. */
const gap = 2
/** Pixels between the panel and the edge of the page. */
const margin = 4

/**
 * The place of a panel of this size at an anchor. Below it, or above where there is more room than below and the panel
 * needs it; its left edges, or with `end` its right edges, in one line, as far as the page allows.
 */
export function placeAt(anchor: Box, panel: Size, page: Size, align: 'start' | 'end' = 'start'): PopupPlace {
  const below = Math.max(0, page.height - anchor.bottom - gap - margin)
  const above = Math.max(0, anchor.top - gap - margin)
  const isBelow = panel.height <= below || below >= above
  const mostHeight = isBelow ? below : above
  const height = Math.min(panel.height, mostHeight)
  const wanted = align === 'start' ? anchor.left : anchor.right - panel.width
  return {
    left: Math.max(margin, Math.min(wanted, page.width - panel.width - margin)),
    top: isBelow ? anchor.bottom + gap : anchor.top - gap - height,
    mostHeight,
  }
}

/**
 * Keep an open panel at its anchor while the page scrolls, either changes its size, or the content grows. The panel is
 * `position: fixed`. With `matchWidth` it is at least as wide as the anchor. Returns the function that ends it.
 */
export function keepAt(
  anchor: Element,
  panel: HTMLElement,
  { align = 'start', matchWidth = false }: { align?: 'start' | 'end' | undefined; matchWidth?: boolean } = {},
): () => void {
  const place = (): void => {
    const box = anchor.getBoundingClientRect()
    if (matchWidth) panel.style.minWidth = `${Math.min(box.width, window.innerWidth - 2 * margin)}px`
    const scrolled = panel.scrollTop
    // The height that it wants, not the one that it was given the last time.
    panel.style.maxHeight = ''
    const { left, top, mostHeight } = placeAt(
      box,
      { width: panel.offsetWidth, height: panel.offsetHeight },
      { width: document.documentElement.clientWidth, height: window.innerHeight },
      align,
    )
    panel.style.left = `${left}px`
    panel.style.top = `${top}px`
    if (panel.offsetHeight > mostHeight) panel.style.maxHeight = `${mostHeight}px`
    panel.scrollTop = scrolled
  }
  const scrolled = (event: Event): void => {
    if (!(event.target instanceof Node && panel.contains(event.target))) place()
  }
  // A panel has no size before it is shown: the observer is told when it has one, before it is painted.
  const sizes = new ResizeObserver(place)
  sizes.observe(panel)
  sizes.observe(anchor)
  window.addEventListener('resize', place)
  window.addEventListener('scroll', scrolled, { capture: true, passive: true })
  place()
  return () => {
    sizes.disconnect()
    window.removeEventListener('resize', place)
    window.removeEventListener('scroll', scrolled, { capture: true })
  }
}

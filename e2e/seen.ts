/**
 * What a person sees of lists and tables. A row can be in the page with all its words, found by its role and name, and
 * be blank all the same: its cells lie somewhere else, have no size, or lie over each other.
 */
import { expect } from '@playwright/test'
import type { Locator, Page } from '@playwright/test'

/** Elements that are rows: of tables, lists, trees, and the facts of a list of terms. */
export const rowSelector = 'tr, [role="row"], [role="option"], [role="treeitem"], li, dt, dd'

/**
 * Every row in sight shows its text: each text lies in its row's box, what is not cut off of it has a size, no text
 * lies over another, and no row is blank. `what` is a part of the page, or the page.
 */
export async function expectSeen(what: Page | Locator): Promise<void> {
  const scope = 'goto' in what ? what.locator('body') : what
  // Rows are drawn with the next frame, and some views move once they have measured themselves.
  await expect
    .poll(() => scope.evaluate(unseen, rowSelector), { message: 'rows that are not seen' })
    .toEqual([])
}

/** How many rows in sight there are, to know that something was looked at. */
export function rowsInSight(what: Locator): Promise<number> {
  return what.evaluate(
    (scope, selector) =>
      [...scope.querySelectorAll(selector)].filter(
        (row) => row.checkVisibility() && row.getBoundingClientRect().height > 0,
      ).length,
    rowSelector,
  )
}

/** In the page: a line for each row that is not seen as it should be. */
export function unseen(scope: Element, selector: string): string[] {
  interface Box {
    readonly left: number
    readonly top: number
    readonly right: number
    readonly bottom: number
  }
  /** Text is measured in fractions of a pixel, boxes snap to whole ones; descenders stick out of low lines. */
  const tolerancePx = 2
  const wrong: string[] = []

  const intersection = (a: Box, b: Box): Box => ({
    left: Math.max(a.left, b.left),
    top: Math.max(a.top, b.top),
    right: Math.min(a.right, b.right),
    bottom: Math.min(a.bottom, b.bottom),
  })
  const isEmpty = (box: Box): boolean => box.right - box.left < 1 || box.bottom - box.top < 1

  /** Read aloud only, on purpose. */
  const isForEars = (from: Element, row: Element | null): boolean => {
    for (let each: Element | null = from; each !== null && each !== row; each = each.parentElement) {
      if (getComputedStyle(each).clipPath === 'inset(50%)') return true
    }
    return false
  }

  /** The part of a box that the elements around it up to (and without) `end` leave. */
  const clipped = (box: Box, from: Element, end: Element | null): Box => {
    let left = box
    for (let each: Element | null = from; each !== null && each !== end; each = each.parentElement) {
      if (getComputedStyle(each).overflow !== 'visible')
        left = intersection(left, each.getBoundingClientRect())
    }
    return left
  }

  const say = (row: Element, words: string): void => {
    wrong.push(`${row.tagName.toLowerCase()} “${row.textContent.trim().slice(0, 60)}”: ${words}`)
  }

  for (const row of scope.querySelectorAll(selector)) {
    if (!row.checkVisibility() || isForEars(row, null)) continue
    const box = row.getBoundingClientRect()
    const around = row.parentElement ?? row
    if (isEmpty(clipped(box, around, null))) continue
    const walker = document.createTreeWalker(row, NodeFilter.SHOW_TEXT)
    const seen: { readonly text: Node; readonly words: string; readonly box: Box }[] = []
    let texts = 0
    for (let text = walker.nextNode(); text !== null; text = walker.nextNode()) {
      const parent = text.parentElement
      const words = (text.textContent ?? '').trim()
      if (parent === null || words === '' || parent.closest(selector) !== row) continue
      if (!parent.checkVisibility({ visibilityProperty: true }) || isForEars(parent, row)) continue
      if (parent.closest('option, svg, canvas') !== null) continue
      texts += 1
      const range = document.createRange()
      range.selectNodeContents(text)
      for (const rect of range.getClientRects()) {
        const left = clipped(rect, parent, row)
        if (isEmpty(left)) {
          if (rect === range.getClientRects()[0]) say(row, `nothing of “${words.slice(0, 40)}” is left`)
          continue
        }
        if (
          left.left < box.left - tolerancePx ||
          left.right > box.right + tolerancePx ||
          left.top < box.top - tolerancePx ||
          left.bottom > box.bottom + tolerancePx
        ) {
          say(row, `“${words.slice(0, 40)}” lies outside its row`)
          break
        }
        seen.push({ text, words, box: left })
      }
    }
    if (texts > 0 && seen.length === 0) say(row, 'blank')
    for (const [index, one] of seen.entries()) {
      for (const other of seen.slice(index + 1)) {
        // A text that is cut off with an ellipsis has boxes of its own over each other.
        if (one.text === other.text) continue
        const common = intersection(one.box, other.box)
        if (common.right - common.left > tolerancePx && common.bottom - common.top > 2 * tolerancePx)
          say(row, `“${one.words.slice(0, 40)}” and “${other.words.slice(0, 40)}” lie over each other`)
      }
    }
  }
  return wrong
}

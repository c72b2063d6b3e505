/** The colour scheme, for pictures that a program draws. */

/** What the system says about colours. */
function ofSystem(): readonly MediaQueryList[] {
  return ['(prefers-color-scheme: dark)', '(prefers-contrast: more)'].map((each) => window.matchMedia(each))
}

/** The present scheme as a key: another one means other colours. */
export function schemeNow(): string {
  return [document.documentElement.dataset.theme ?? '', ...ofSystem().map((each) => each.matches)].join(' ')
}

/** Call `then` when the scheme changes: the system's, or the one that was chosen. Returns the function that ends it. */
export function watchScheme(then: () => void): () => void {
  const queries = ofSystem()
  for (const each of queries) each.addEventListener('change', then)
  const chosen = new MutationObserver(then)
  chosen.observe(document.documentElement, { attributes: true, attributeFilter: ['data-theme'] })
  return () => {
    for (const each of queries) each.removeEventListener('change', then)
    chosen.disconnect()
  }
}

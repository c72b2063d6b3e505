/** The colour scheme, for pictures that a program draws. */

/** Call `then` when the scheme changes: the system's, or the one that was chosen. Returns the function that ends it. */
export function watchScheme(then: () => void): () => void {
  const system = window.matchMedia('(prefers-color-scheme: dark)')
  system.addEventListener('change', then)
  const chosen = new MutationObserver(then)
  chosen.observe(document.documentElement, { attributes: true, attributeFilter: ['data-theme'] })
  return () => {
    system.removeEventListener('change', then)
    chosen.disconnect()
  }
}

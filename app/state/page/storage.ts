/** Whether the browser keeps anything for this page: it may be told not to, and a private window keeps nothing for long. */

const probe = 'qmp-studio.probe'

/** Whether a store takes what is put into it. */
export function keeps(store: () => Pick<Storage, 'setItem' | 'removeItem'>): boolean {
  try {
    store().setItem(probe, '')
    store().removeItem(probe)
    return true
  } catch {
    return false
  }
}

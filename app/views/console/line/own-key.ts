/** Keys of a terminal that are not the guest's. Tested by e2e/serial.spec.ts. */
import { isForBrowser } from '../terminal/browser-keys.ts'

/** What these keys act on. */
interface KeyPorts {
  readonly host: HTMLElement
  readonly search: () => void
  readonly selection: () => string
  /** Says how a copy went. */
  readonly say: (words: string) => void
}

/** Act on a key that is not the guest's. False leaves it to the browser, or says that it was used up. */
export function ownKey(event: KeyboardEvent, { host, search, selection, say }: KeyPorts): boolean {
  if (event.key === 'F6' && event.shiftKey) {
    event.preventDefault()
    host.closest('[data-console]')?.querySelector<HTMLElement>('[data-after]')?.focus()
    return false
  }
  if (event.ctrlKey && event.shiftKey && event.key.toLowerCase() === 'f') {
    event.preventDefault()
    search()
    return false
  }
  if (event.ctrlKey && event.shiftKey && event.key.toLowerCase() === 'c') {
    event.preventDefault()
    void navigator.clipboard.writeText(selection()).then(
      () => say('Copied.'),
      () => say('This browser allows no copying here.'),
    )
    return false
  }
  return !isForBrowser(event)
}

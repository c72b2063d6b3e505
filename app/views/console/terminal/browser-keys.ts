/** Whether a key pressed in a terminal is the browser's or the page's: pasting, and the page's own keys. */
export function isForBrowser(event: KeyboardEvent): boolean {
  if (event.altKey && !event.ctrlKey && (/^[1-6\\]$/.test(event.key) || event.code === 'Backslash'))
    return true
  const key = event.key.toLowerCase()
  return event.ctrlKey && (key === 'v' || (key === 'k' && event.shiftKey))
}

/**
 * The lab's key in texts: in the fragment of the address, as people paste it, and in addresses of a bridge.
 * @adr 0041
 */
import { hiddenPart, isKey, keyedToken, publicToken } from '#base/bridge-token.ts'
import { err, ok } from '#base/result.ts'
import type { Result } from '#base/result.ts'

/** A fragment that brings a key. */
export interface KeyedFragment {
  /** Undefined where the text cannot be a key. */
  readonly key: string | undefined
  /** The route that follows, with `#`; undefined where none does. */
  readonly route: string | undefined
}

/**
 * Read a fragment (with or without `#`) that brings a key: `#key=KEY`, and with a place in the page after it
 * `#key=KEY/machine/lab1/schema`. A `&` between the two is as good. Undefined: there is no key in it.
 */
export function readKeyedFragment(fragment: string): KeyedFragment | undefined {
  const text = fragment.replace(/^#/, '')
  if (!text.startsWith('key=')) return undefined
  const value = text.slice('key='.length)
  const end = value.search(/[/&?#]/)
  const key = end < 0 ? value : value.slice(0, end)
  const rest = end < 0 ? '' : value.slice(value[end] === '&' ? end + 1 : end)
  return { key: isKey(key) ? key : undefined, route: rest === '' ? undefined : `#${rest}` }
}

/**
 * The key in a pasted text: the key alone, or the whole address that has it. `of` is the address of another host, whose key
 * it has to be: one that stands behind the address of some other is refused. The failure is a sentence.
 */
export function readPastedKey(text: string, of?: string): Result<string, string> {
  const typed = text.trim()
  if (of !== undefined && URL.canParse(typed) && new URL(typed).host !== new URL(of).host)
    return err('This is the address of another host: its key is not sent here.')
  if (typed === '') return err('Paste the key, or the whole address that the lab printed.')
  const hash = typed.indexOf('#')
  const pasted = hash < 0 ? { key: isKey(typed) ? typed : undefined } : readKeyedFragment(typed.slice(hash))
  return pasted?.key === undefined
    ? err('There is no key in that. The address has it at its end: #key= and 32 letters and digits.')
    : ok(pasted.key)
}

/** The address that is opened for a channel of the lab. `url` is the address without the key. */
export function withKey(url: string, key: string | undefined): string {
  if (key === undefined) return url
  const opened = new URL(url)
  opened.searchParams.set('token', keyedToken(key, opened.searchParams.get('token') ?? ''))
  return opened.href
}

/**
 * An address as it may be shown, recorded and saved: without possible secrets, which are the user's name and password, a
 * token that is not NAME.CHANNEL, and the values of all other parameters. A text that is no address is hidden whole.
 */
export function shownAddress(address: string): string {
  let url: URL
  try {
    url = new URL(address)
  } catch {
    return hiddenPart
  }
  url.username = ''
  url.password = ''
  url.hash = ''
  const shown = [...url.searchParams].map(([name, value]) => {
    // A parameter without a value may be the secret itself.
    if (value === '') return name === 'token' ? 'token=' : hiddenPart
    const part = name === 'token' ? publicToken(value) : hiddenPart
    return `${encodeURIComponent(name)}=${encodeURIComponent(part)}`
  })
  url.search = shown.join('&')
  return url.href
}

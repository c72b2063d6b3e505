/**
 * The token in the address of a bridge: `NAME.CHANNEL`, with the key of the lab before it where the bridge wants one
 * (`KEY.NAME.CHANNEL`). The key is a secret, so two forms of an address are kept apart: what is opened, and what is
 * shown, recorded and saved.
 * @adr 0041
 */
import { readChannelName } from './channel-name.ts'

/** The text that replaces a hidden part of an address. */
export const hiddenPart = 'hidden'
/** A first part of a token of this many characters or more is a key; names of machines are not that long and without a dot. */
const shortestKey = 16
const nameForm = /^[A-Za-z0-9_][A-Za-z0-9._-]*$/
const keyForm = /^[A-Za-z0-9_-]{16,128}$/

/** Whether a text can be the key of a lab. Keys of `npm start` are 32 hexadecimal digits; a deployer may have others. */
export function isKey(text: string): boolean {
  return keyForm.test(text)
}

/** The token for a channel, `NAME.CHANNEL`, at a bridge with this key; undefined for a bridge that wants none. */
export function keyedToken(key: string | undefined, channel: string): string {
  return key === undefined ? channel : `${key}.${channel}`
}

/** The key at the beginning of a token; undefined where there is none. */
export function keyOfToken(token: string): string | undefined {
  const dot = token.indexOf('.')
  const first = token.slice(0, Math.max(0, dot))
  return first.length >= shortestKey && isChannelName(token.slice(dot + 1)) ? first : undefined
}

/** The part of a token that is no secret: `NAME.CHANNEL`. Any other token is hidden whole. */
export function publicToken(token: string): string {
  const key = keyOfToken(token)
  if (key !== undefined) return token.slice(key.length + 1)
  // A key of `npm start` is hidden in a token that somebody typed wrong, too.
  return isChannelName(token) && !/[0-9a-f]{32}/i.test(token) ? token : hiddenPart
}

function isChannelName(text: string): boolean {
  const dot = text.lastIndexOf('.')
  return dot > 0 && readChannelName(text.slice(dot + 1)) !== undefined && nameForm.test(text.slice(0, dot))
}

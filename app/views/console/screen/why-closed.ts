/** Why the connection of a screen is over, in words. Pure. */
import { clip } from '#base/clip.ts'
import { longestSide } from './picture-size.ts'
import type { WireEnd } from './vnc-wire.ts'

/** Characters of a reason that the other side gives. */
const longestReason = 200

/** Why the socket was closed, as the rest of a sentence. */
export function whyClosed({ code, reason, wasOpen }: WireEnd): string {
  const said = reason === '' ? '' : `, ${clip(reason, longestReason)}`
  if (!wasOpen) return 'it did not open: the bridge does not answer, or refuses it, or its QEMU has ended'
  if (code === 1011) return 'the bridge is there, but nobody listens on the socket: has its QEMU ended?'
  if (code === 1000) return `the server closed it, or its QEMU ended${said}`
  if (code === 1006) return 'the bridge ended without a word'
  return `closed with code ${code}${said}`
}

/** The names of the kinds of security that RFB has numbers for. */
const securityNames: ReadonlyMap<string, string> = new Map([
  ['1', 'none'],
  ['2', 'VNC password'],
  ['5', 'RA2'],
  ['16', 'Tight'],
  ['18', 'TLS'],
  ['19', 'VeNCrypt'],
  ['20', 'SASL'],
  ['257', 'VeNCrypt: TLS without a password'],
  ['258', 'VeNCrypt: TLS with a VNC password'],
  ['259', 'VeNCrypt: TLS with name and password'],
  ['260', 'VeNCrypt: X.509 without a password'],
  ['261', 'VeNCrypt: X.509 with a VNC password'],
  ['262', 'VeNCrypt: X.509 with name and password'],
  ['263', 'VeNCrypt: TLS with SASL'],
  ['264', 'VeNCrypt: X.509 with SASL'],
])

/** Why noVNC gave up, as a sentence. `security`: the server's own reason of a refusal. */
export function whyFailed(details: string, security: string | undefined): string {
  if (security !== undefined) {
    const said = security === '' ? '' : ` It says: ${clip(security, longestReason)}.`
    return `the server refused the login: the password was wrong, or it has expired.${said}`
  }
  const types = /types: ([\d,]{1,100})/.exec(details)?.[1]
  if (details.startsWith('Unsupported security') && types !== undefined) {
    const names = types
      .split(',')
      .filter((each) => each !== '')
      .map((each) => securityNames.get(each) ?? `kind ${each}`)
    return `the server wants security that this page does not speak (${names.join(', ')}). A VNC server on a UNIX socket, or with a password only, can be opened.`
  }
  if (details.startsWith('Invalid server version')) return 'what answers there is no VNC server.'
  return `what the server said could not be read (${clip(details, longestReason)}).`
}

/** Why a picture was refused, as a sentence. */
export function whyTooLarge(width: number, height: number): string {
  return `the server says that its picture has ${width} × ${height} pixels. This page draws at most ${longestSide} a side, and 64 million in all.`
}

/** Latin-1: each byte is the character of its number. */

/** Characters beyond Latin-1 are sent as a question mark. */
export function toLatin1(text: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(text, (each) => {
    const code = each.charCodeAt(0)
    return code < 256 ? code : 0x3f
  })
}

/** Bytes as a text. */
export function fromLatin1(bytes: Uint8Array): string {
  let text = ''
  for (let at = 0; at < bytes.length; at += 8192)
    text += String.fromCharCode(...bytes.subarray(at, at + 8192))
  return text
}

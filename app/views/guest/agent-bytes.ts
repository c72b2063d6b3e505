/** Base64, as the agent has bytes. */

/** What a base64 text stands for; undefined where it is none. */
export function bytesOf(encoded: string): Uint8Array<ArrayBuffer> | undefined {
  try {
    const binary = atob(encoded)
    const out = new Uint8Array(binary.length)
    for (let at = 0; at < binary.length; at += 1) out[at] = binary.charCodeAt(at)
    return out
  } catch {
    return undefined
  }
}

/** Bytes as base64. */
export function bytesToBase64(content: Uint8Array): string {
  const parts: string[] = []
  const step = 0x2000
  for (let at = 0; at < content.length; at += step)
    parts.push(String.fromCharCode(...content.subarray(at, at + step)))
  return btoa(parts.join(''))
}

/** The UTF-8 of a text as base64. */
export function textToBase64(words: string): string {
  return bytesToBase64(new TextEncoder().encode(words))
}

/** Bytes as UTF-8; what is none becomes the replacement character. */
export function bytesToText(content: Uint8Array): string {
  return new TextDecoder().decode(content)
}

/** The text of a file from another program: detects its encoding. */

/** The text of bytes: UTF-16 where a byte order mark or every second byte says so (PowerShell's `>`), else UTF-8. */
export function textOfFile(bytes: Uint8Array): string {
  const [first = 1, second = 1, third = 1, fourth = 1] = bytes
  if (first === 0xff && second === 0xfe) return new TextDecoder('utf-16le').decode(bytes)
  if (first === 0xfe && second === 0xff) return new TextDecoder('utf-16be').decode(bytes)
  if (first !== 0 && second === 0 && third !== 0 && fourth === 0)
    return new TextDecoder('utf-16le').decode(bytes)
  if (first === 0 && second !== 0 && third === 0 && fourth !== 0)
    return new TextDecoder('utf-16be').decode(bytes)
  return new TextDecoder('utf-8').decode(bytes)
}

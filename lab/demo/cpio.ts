/**
 * Writes cpio archives in the "newc" form that Linux takes as an initramfs. Our own forty lines, because cpio(1) is
 * not everywhere and the form has not changed since 1990 (kernel documentation: initramfs buffer format).
 */

/** One entry of an archive. */
export type CpioEntry =
  | { readonly kind: 'file'; readonly path: string; readonly data: Uint8Array; readonly executable: boolean }
  | { readonly kind: 'folder'; readonly path: string }
  | { readonly kind: 'link'; readonly path: string; readonly target: string }
  | { readonly kind: 'device'; readonly path: string; readonly major: number; readonly minor: number }

const encoder = new TextEncoder()

/** The archive. Paths are relative, without a leading slash; folders must come before what is in them. */
export function writeCpio(entries: readonly CpioEntry[]): Uint8Array {
  const parts: Uint8Array[] = []
  let size = 0
  const put = (bytes: Uint8Array): void => {
    parts.push(bytes)
    size += bytes.length
    const padding = (4 - (size % 4)) % 4
    parts.push(new Uint8Array(padding))
    size += padding
  }
  const all: (CpioEntry | 'end')[] = [...entries, 'end']
  all.forEach((entry, index) => {
    const path = encoder.encode(`${entry === 'end' ? 'TRAILER!!!' : entry.path}\0`)
    const data = entry === 'end' ? new Uint8Array(0) : dataOf(entry)
    const device = entry !== 'end' && entry.kind === 'device' ? entry : { major: 0, minor: 0 }
    const fields = [
      entry === 'end' ? 0 : index + 1,
      entry === 'end' ? 0 : modeOf(entry),
      0, // uid
      0, // gid
      entry !== 'end' && entry.kind === 'folder' ? 2 : 1, // links
      0, // time: the same archive for the same files
      data.length,
      0, // device it is on: major, minor
      0,
      device.major,
      device.minor,
      path.length,
      0, // checksum: not used in this form
    ]
    const head = `070701${fields.map((field) => field.toString(16).padStart(8, '0')).join('')}`
    const headAndPath = new Uint8Array(110 + path.length)
    headAndPath.set(encoder.encode(head))
    headAndPath.set(path, 110)
    put(headAndPath)
    put(data)
  })
  const archive = new Uint8Array(size)
  let at = 0
  for (const part of parts) {
    archive.set(part, at)
    at += part.length
  }
  return archive
}

function dataOf(entry: CpioEntry): Uint8Array {
  if (entry.kind === 'file') return entry.data
  return entry.kind === 'link' ? encoder.encode(entry.target) : new Uint8Array(0)
}

function modeOf(entry: CpioEntry): number {
  switch (entry.kind) {
    case 'file':
      return 0o100000 | (entry.executable ? 0o755 : 0o644)
    case 'folder':
      return 0o40755
    case 'link':
      return 0o120777
    case 'device':
      return 0o20600
  }
}

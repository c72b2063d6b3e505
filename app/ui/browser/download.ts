/** Saves a file from the page. */

/** Characters of a file's name; file systems take 255. A longer one keeps its beginning and its end, which says the kind. */
const longestName = 200

/** Save a text or bytes under a name. `type` is the media type. */
export function download(name: string, content: string | Blob, type = 'text/plain'): void {
  const blob = typeof content === 'string' ? new Blob([content], { type }) : content
  const url = URL.createObjectURL(blob)
  const link = document.createElement('a')
  link.href = url
  // A name is given by a machine or a file: only what every file system takes.
  const plain = name.replace(/[^\w.-]+/g, '-')
  link.download =
    plain.length <= longestName ? plain : plain.slice(0, longestName / 2) + plain.slice(-longestName / 2)
  link.click()
  URL.revokeObjectURL(url)
}

/** Where a migration goes to or comes from: an address or a file. Tested by app/views/inspect/migration/migration-settings.test.ts. */
import { commandOf } from '#qapi/model/schema.ts'
import type { Schema } from '#qapi/model/schema.ts'

/** What is wrong with an address to migrate to; undefined where it can be tried. `kinds` are those that this page knows. */
export function whyNoAddress(uri: string): string | undefined {
  if (uri.trim() === '') return 'an address is needed'
  const colon = uri.indexOf(':')
  const kind = colon < 0 ? '' : uri.slice(0, colon)
  if (!['tcp', 'unix', 'file', 'exec', 'fd', 'rdma'].includes(kind))
    return 'an address begins with tcp:, unix:, file:, exec:, fd: or rdma:'
  return uri.length > colon + 1 ? undefined : `something after ${kind}:`
}

/** A warning about an address, in a sentence. */
export function addressWarning(uri: string): string | undefined {
  if (uri.startsWith('exec:')) return 'exec: runs a shell on the host of QEMU, with all of its rights.'
  if (uri.startsWith('tcp:'))
    return 'The memory of the guest goes over this connection as it is: whoever sees it, sees all secrets of the guest.'
  if (uri.startsWith('fd:'))
    return 'fd: is a descriptor that a program on the host has passed to this monitor under that name, by getfd: a browser has none to pass.'
  return undefined
}

/** Whether a server takes `file:`: its schema lists a file among the transports of a channel. */
export function takesFiles(schema: Schema): boolean {
  let type = commandOf(schema, 'migrate')?.argType
  for (const member of ['channels', 'addr']) {
    const entity = type === undefined ? undefined : schema.byName.get(type)
    const found =
      entity?.kind === 'object' ? entity.members.find(({ name }) => name === member)?.type : undefined
    const list = found === undefined ? undefined : schema.byName.get(found)
    type = list?.kind === 'array' ? list.elementType : found
  }
  const address = type === undefined ? undefined : schema.byName.get(type)
  return address?.kind === 'object' && address.variants.some((each) => each.case === 'file')
}

/** The longest path that a host takes, in characters. */
const longestPath = 4096

/** What is wrong with the path of a file; undefined where it can be tried. */
export function whyNoFile(path: string): string | undefined {
  if (path.trim() === '') return 'a file is needed'
  if (!path.startsWith('/')) return 'a path on the host of QEMU begins with /'
  // A control character in a line for a shell is nobody's wish; `file:` has its options behind a comma.
  if (/\p{Cc}/u.test(path)) return 'a path has no control characters'
  return path.length > longestPath ? `a path has at most ${longestPath} characters` : undefined
}

/**
 * The address of a file: `file:` where the server takes it, else a shell that copies. `,offset=` begins an option of `file:`,
 * so such a path goes through the shell, too.
 */
export function fileAddress(path: string, isTaken: boolean, direction: 'to' | 'from'): string {
  if (isTaken && !path.includes(',')) return `file:${path}`
  return `exec:cat ${direction === 'to' ? '>' : '<'} ${quoted(path)}`
}

/** A word that a shell takes as it is. */
function quoted(word: string): string {
  return `'${word.replaceAll("'", String.raw`'\''`)}'`
}

/**
 * Paths of objects (`/machine/peripheral/disk0`), as a machine writes them. They are text from outside: long ones are
 * no paths, and nothing in them is looked up but in a Map.
 * @qemu qom/object.c, object_resolve_path
 */

/** Characters of a path. QEMU's own have some 60; a longer limit lets a hostile machine fill the page with one name. */
export const longestPath = 1000

/** The object that holds all others. */
export const rootPath = '/'

/** The path of a child; undefined where it would be too long, or its name could not be part of one. */
export function childPath(parent: string, name: string): string | undefined {
  if (name === '' || name.includes('/')) return undefined
  const path = parent === rootPath ? `/${name}` : `${parent}/${name}`
  return path.length > longestPath ? undefined : path
}

/** The path of the object around it; undefined for the root. */
export function parentPath(path: string): string | undefined {
  if (path === rootPath) return undefined
  const at = path.lastIndexOf('/')
  return at <= 0 ? rootPath : path.slice(0, at)
}

/** The last name of a path; the root is `/`. */
export function lastName(path: string): string {
  return path === rootPath ? path : path.slice(path.lastIndexOf('/') + 1)
}

/** All objects around a path, the root first, without the path itself. */
export function pathsAbove(path: string): readonly string[] {
  const above: string[] = []
  for (let at = parentPath(path); at !== undefined; at = parentPath(at)) above.unshift(at)
  return above
}

/** Whether it is the path of an object, written out from the root. */
export function isAbsolutePath(path: string): boolean {
  if (path === rootPath) return true
  return path.length <= longestPath && path.startsWith('/') && !path.endsWith('/') && !path.includes('//')
}

/** What stands under the root of every QEMU with objects to look at. A file name on the host begins with none of them. */
const tops = ['/machine/', '/objects/', '/chardevs/', '/backend/'] as const

/**
 * Whether a text in a reply is the path of an object: one below the containers of QEMU’s root. `/machine` alone and names
 * of files are not.
 */
export function looksLikeObject(text: string): boolean {
  return tops.some((top) => text.length > top.length && text.startsWith(top)) && isAbsolutePath(text)
}

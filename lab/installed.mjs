// Whether the npm packages are those of package-lock.json: asked of npm's own record of what it has put into
// node_modules, so that it does not matter who ran npm. Plain JavaScript, because bootstrap.mjs runs without any package.

/**
 * @param {string} text A package-lock.json, or npm's record node_modules/.package-lock.json.
 * @returns {Map<string, { version?: string, integrity?: string, optional?: boolean }> | undefined}
 */
function packagesOf(text) {
  try {
    const { packages } = JSON.parse(text)
    return typeof packages === 'object' && packages !== null ? new Map(Object.entries(packages)) : undefined
  } catch {
    return undefined
  }
}

/**
 * Whether everything that the lock names is installed as it says. npm writes its record when it is done; packages for
 * other systems than this one are optional and not in it.
 *
 * @param {string} lock The text of package-lock.json.
 * @param {string | undefined} record The text of npm's record; undefined where there is none.
 * @returns {boolean}
 */
export function isInstalled(lock, record) {
  const wanted = packagesOf(lock)
  const found = record === undefined ? undefined : packagesOf(record)
  if (wanted === undefined || found === undefined) return false
  for (const [path, each] of wanted) {
    // The project itself.
    if (path === '') continue
    const there = found.get(path)
    if (there === undefined) {
      if (each.optional === true) continue
      return false
    }
    if (there.version !== each.version || there.integrity !== each.integrity) return false
  }
  return true
}

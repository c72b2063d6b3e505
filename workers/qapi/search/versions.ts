/** Versions of QEMU, compared. */

/** Compare `2.12` with `10.0`: by numbers, what is missing is 0. Negative where `a` is older. */
export function compareVersions(a: string, b: string): number {
  const [one, other] = [a, b].map((each) => each.split('.').map((part) => Number.parseInt(part, 10) || 0))
  for (let at = 0; at < Math.max(one?.length ?? 0, other?.length ?? 0); at += 1) {
    const difference = (one?.[at] ?? 0) - (other?.[at] ?? 0)
    if (difference !== 0) return difference
  }
  return 0
}

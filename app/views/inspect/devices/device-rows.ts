/** The rows of the tree of devices, in words. */
import type { PlacedBus, PlacedDevice, PlacedNode } from '#inside/devices/device-tree.ts'
import type { QomRow } from '#inside/objects/qom-tree.ts'

/** The row above all: the machine, with its free places. */
export const topPath = '/machine'

/** Whether a bus can take a device while the machine runs, in words. */
export function roomWords({ room, devices }: PlacedBus): string {
  switch (room) {
    case 'free':
      return devices === 0 ? 'free' : 'takes more'
    case 'taken':
      return 'taken'
    case 'fixed':
      return 'fixed'
    case 'unknown':
      return ''
  }
}

function rowWords(at: PlacedDevice | PlacedBus): { readonly name: string; readonly type: string } {
  if (at.kind === 'bus') {
    return { name: at.name, type: ['bus', at.type, roomWords(at)].filter((each) => each !== '').join(' · ') }
  }
  const name = at.id ?? at.driver
  const about = [at.id === undefined ? '' : at.driver, at.address ?? '', at.about ?? '']
  return { name, type: about.filter((each) => each !== '').join(' · ') }
}

/** The rows in sight: all but what is in closed ones. */
export function deviceRows(
  nodes: readonly PlacedNode[],
  closed: ReadonlySet<string>,
  machine: string,
): readonly QomRow[] {
  const rows: QomRow[] = []
  const walk = (inside: readonly PlacedNode[], level: number, parent: number): void => {
    for (const [index, each] of inside.entries()) {
      const { path } = each.at
      const at = rows.length
      const isOpen = each.inside.length > 0 && !closed.has(path)
      rows.push({
        ...{ path, ...rowWords(each.at), level, parent, isOpen },
        ...{ position: index + 1, siblings: inside.length, parts: each.inside.length },
      })
      if (isOpen) walk(each.inside, level + 1, at)
    }
  }
  const isOpen = nodes.length > 0 && !closed.has(topPath)
  rows.push({
    ...{ path: topPath, name: machine, type: 'places for more', level: 1, position: 1, siblings: 1 },
    ...{ parent: -1, parts: nodes.length, isOpen },
  })
  if (isOpen) walk(nodes, 2, 0)
  return rows
}

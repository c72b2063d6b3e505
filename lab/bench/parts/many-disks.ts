/** Replies of a machine with 100 disks: each a device, two images, one on the other, and their files: 500 nodes. */

/** By the member of `BlockReplies` that each is the return for. */
export interface DiskReplies {
  readonly nodes: readonly object[]
  readonly devices: readonly object[]
  readonly graph: { readonly nodes: readonly object[]; readonly edges: readonly object[] }
}

const disks = Array.from({ length: 100 }, (_, disk) => disk)

/** What query-named-block-nodes, query-block and x-debug-query-block-graph return. */
export function diskReplies(): DiskReplies {
  const images = ['top', 'top-file', 'base', 'base-file']
  const edges = disks.flatMap((disk) =>
    [
      [0, 1, 'root'] as const,
      [1, 2, 'file'] as const,
      [1, 3, 'backing'] as const,
      [3, 4, 'file'] as const,
    ].map(([from, to, name]) => ({
      ...{ parent: disk * 5 + from, child: disk * 5 + to, name },
      ...{ perm: ['consistent-read', 'write'], 'shared-perm': ['resize'] },
    })),
  )
  const nodes = disks.flatMap((disk) =>
    images.map((image) => ({
      ...{ 'node-name': `${image}${disk}`, drv: image.endsWith('file') ? 'file' : 'qcow2', ro: false },
      ...{ file: `/images/${image}${disk}`, encrypted: false, write_threshold: 0, detect_zeroes: 'off' },
      image: { filename: `/images/${image}${disk}`, 'virtual-size': 1 << 30, 'actual-size': disk * 65_536 },
    })),
  )
  const vertices = disks.flatMap((disk) => [
    { id: disk * 5, type: 'block-backend', name: `device${disk}` },
    ...images.map((image, at) => ({ id: disk * 5 + at + 1, type: 'block-driver', name: `${image}${disk}` })),
  ])
  const devices = disks.map((disk) => ({ device: `device${disk}`, inserted: { 'node-name': `top${disk}` } }))
  return { nodes, devices, graph: { nodes: vertices, edges } }
}

/** What query-blockstats returns the `look`th time: each disk reads and writes at a pace of its own. */
export function diskStats(look: number): readonly object[] {
  return disks.map((disk) => {
    const operations = look * (disk + 1) * 10 + ((look * 7 + disk) % 13)
    return {
      ...{ device: `device${disk}`, 'node-name': `top${disk}` },
      stats: {
        ...{ rd_bytes: operations * 4096, wr_bytes: operations * 8192, flush_operations: 0 },
        ...{ rd_operations: operations, wr_operations: operations, flush_total_time_ns: 0 },
        ...{ rd_total_time_ns: operations * 80_000, wr_total_time_ns: operations * 90_000 },
        ...{ failed_rd_operations: 0, failed_wr_operations: 0, failed_flush_operations: 0 },
      },
    }
  })
}

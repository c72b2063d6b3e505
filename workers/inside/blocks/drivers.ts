/**
 * What kind of block driver a name stands for. A driver that is not known is told apart by whether it has children.
 * @qapi BlockdevDriver
 */

/** They pass requests on to one child and store nothing. */
const filters: ReadonlySet<string> = new Set(
  `backup-top blkdebug blklogwrites blkreplay blkverify commit_top compress copy-before-write copy-on-read mirror_top
  preallocate replication snapshot-access throttle`.split(/\s+/),
)

const formats: ReadonlySet<string> = new Set(
  `bochs cloop dmg luks parallels qcow qcow2 qed quorum raw vdi vhdx vmdk vpc`.split(/\s+/),
)

const protocols: ReadonlySet<string> = new Set(
  `blkio file ftp ftps gluster host_cdrom host_device http https io_uring iscsi nbd nfs null-aio null-co nvme nvme-io_uring
  rbd sheepdog ssh vhdx-log virtio-blk-vfio-pci virtio-blk-vhost-user virtio-blk-vhost-vdpa vvfat`.split(
    /\s+/,
  ),
)

/** Filters that a job puts above its node: their child is `backing`, and QEMU names them where nobody did. */
const jobFilters: ReadonlySet<string> = new Set(['mirror_top', 'commit_top', 'backup-top'])

/** The kind of a node by its driver. */
export function driverKind(
  driver: string | undefined,
  hasChildren: boolean,
): 'format' | 'filter' | 'protocol' {
  if (driver !== undefined) {
    if (filters.has(driver)) return 'filter'
    if (formats.has(driver)) return 'format'
    if (protocols.has(driver)) return 'protocol'
  }
  return hasChildren ? 'format' : 'protocol'
}

/** The role of the child that statistics call `parent`: the first one, through which the data goes. */
export function firstRole(driver: string | undefined): string {
  if (driver !== undefined && jobFilters.has(driver)) return 'backing'
  if (driver === 'blkverify') return 'raw'
  return driver === 'quorum' ? 'children.0' : 'file'
}

/** A filter that a job put in without a name of a person: lists of devices look through it. */
export function isHiddenFilter(driver: string | undefined, name: string): boolean {
  return (driver === 'mirror_top' || driver === 'commit_top') && name.startsWith('#block')
}

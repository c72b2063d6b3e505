/**
 * What people say of disks, images, jobs, snapshots and exports, and the command or event for it. As in sayings-machine.ts.
 * Tested by workers/qapi/search/search.test.ts.
 */
import type { SayingLine } from './saying-line.ts'

/** Block devices and jobs. */
export const blockSayings: readonly SayingLine[] = [
  [
    'block_resize',
    'resize disk, grow disk, enlarge disk, resize image, extend disk, expand disk, shrink disk, bigger disk, increase disk size, change disk size, resize drive, resize volume, extend volume, truncate image, resize',
  ],
  [
    'blockdev-add',
    'add disk, open image, attach image, add drive, add block device, create block node, open disk, open qcow2, add block node, add node, new disk, mount image, add image, attach disk, add qcow2, throttle filter, open luks, encrypted disk, attach iso, connect nbd, hotplug disk',
  ],
  [
    'blockdev-del',
    'close image, delete node, remove node, remove disk, remove block node, detach image, delete block device, close disk, remove image, remove drive',
  ],
  [
    'blockdev-reopen',
    'change options, reopen image, change node options, make read-only, change cache mode, change throttle, set read only, insert filter, remove filter',
  ],
  [
    'blockdev-create',
    'create image, new image, format image, create disk, create qcow2, make image, qemu-img create, create disk image, new disk image, mkfs',
  ],
  [
    'x-blockdev-amend',
    'amend image, change luks password, change disk encryption, change encryption key, change image options, add luks key',
  ],
  ['x-blockdev-change', 'add quorum child, change children'],
  ['blockdev-set-active', 'activate image, inactivate image, release lock, image lock'],
  ['x-blockdev-set-iothread', 'move to iothread, set iothread'],
  // Media.
  [
    'eject',
    'eject, eject cdrom, eject cd, eject dvd, remove cd, remove disc, remove iso, unmount iso, eject floppy, unmount, take out cd, eject disk, eject medium, remove cdrom, eject iso',
  ],
  [
    'blockdev-change-medium',
    'mount iso, change cd, insert cd, change cdrom, insert iso, load iso, change iso, swap cd, insert disc, change disc, change dvd, change floppy, insert cdrom, change medium, attach iso, replace cd, load cd',
  ],
  ['change', 'change cd, change cdrom, mount iso, change vnc password, insert cd, change medium'],
  ['blockdev-insert-medium', 'insert medium, insert cd, insert iso, insert disc, mount iso'],
  ['blockdev-remove-medium', 'remove medium, eject cdrom, remove cd, remove iso'],
  ['blockdev-open-tray', 'open tray, open cd tray, open cdrom'],
  ['blockdev-close-tray', 'close tray, close cd tray, close cdrom'],
  // Limits.
  [
    'block_set_io_throttle',
    'throttle, limit io, throttle io, io limit, iops, iops limit, limit disk, limit bandwidth, throttle disk, disk speed limit, limit iops, slow down disk, qos, rate limit, bandwidth limit, bps, limit disk speed, io throttling',
  ],
  [
    'block-set-write-threshold',
    'disk full warning, write threshold, disk space warning, watermark, disk almost full, disk usage alert, thin provisioning',
  ],
  ['block-latency-histogram-set', 'latency, latency histogram, io latency, measure latency, disk latency'],
  ['block_passwd', 'image password, disk password, unlock image'],
  // Snapshots.
  [
    'blockdev-snapshot-sync',
    'snapshot, take snapshot, disk snapshot, external snapshot, create snapshot, live snapshot, create overlay, snapshot disk, make snapshot, overlay, freeze disk state, checkpoint',
  ],
  [
    'snapshot-save',
    'snapshot, save vm, savevm, take snapshot, save state, save vm state, vm snapshot, checkpoint, save snapshot, create snapshot, save guest state, full snapshot, hibernate',
  ],
  [
    'snapshot-load',
    'load vm, loadvm, restore snapshot, revert, revert snapshot, restore, roll back, rollback, load snapshot, go back to snapshot, restore state, revert to snapshot',
  ],
  ['snapshot-delete', 'delete snapshot, remove snapshot, delvm, drop snapshot'],
  [
    'blockdev-snapshot',
    'snapshot, disk snapshot, external snapshot, overlay, create overlay, attach overlay',
  ],
  [
    'blockdev-snapshot-internal-sync',
    'internal snapshot, qcow2 snapshot, create internal snapshot, disk snapshot',
  ],
  [
    'blockdev-snapshot-delete-internal-sync',
    'delete internal snapshot, remove internal snapshot, delete snapshot',
  ],
  ['change-backing-file', 'backing file, rebase, change backing file, set backing file, change base image'],
  // Jobs.
  [
    'blockdev-backup',
    'backup, back up, backup disk, copy disk, incremental backup, live backup, point in time copy, full backup, back up disk, backup image, start backup, differential backup',
  ],
  ['drive-backup', 'backup, backup to file, backup disk, backup drive, back up disk, full backup'],
  [
    'blockdev-mirror',
    'mirror, clone, clone disk, copy disk, move disk, replicate, migrate disk, migrate storage, storage migration, mirror disk, live copy, copy image, move storage, duplicate disk, move image to another storage, live storage migration, sync disk',
  ],
  [
    'drive-mirror',
    'mirror, clone, clone disk, mirror to file, copy disk, move disk, copy disk to file, duplicate, mirror disk, migrate storage',
  ],
  [
    'block-commit',
    'commit, merge snapshot, merge overlay, commit snapshot, flatten down, collapse chain, merge down, merge into base, delete overlay, shorten chain, commit disk, blockcommit',
  ],
  [
    'block-stream',
    'stream, flatten, pull base, flatten image, remove backing file, merge base, populate overlay, copy on read, collapse chain, shorten chain, blockpull',
  ],
  ['query-jobs', 'jobs, list jobs, job status, job progress, running jobs, progress, background jobs'],
  [
    'query-block-jobs',
    'block jobs, list block jobs, backup progress, mirror progress, job progress, list jobs, progress of backup',
  ],
  ['job-cancel', 'cancel job, abort job, stop job, kill job, cancel backup, cancel mirror, end job'],
  [
    'block-job-cancel',
    'cancel block job, cancel backup, cancel mirror, stop backup, abort mirror, cancel job, stop mirror',
  ],
  ['job-pause', 'pause job, hold job, suspend job, pause backup'],
  ['block-job-pause', 'pause block job, pause backup, pause mirror'],
  ['job-resume', 'resume job, continue job, resume backup'],
  ['block-job-resume', 'resume block job, continue backup, resume mirror'],
  ['job-complete', 'finish job, complete job, end mirror, pivot, finish mirror, switch over'],
  [
    'block-job-complete',
    'finish mirror, complete mirror, pivot, switch to mirror, finish block job, complete commit',
  ],
  ['job-dismiss', 'dismiss job, forget job, clear finished job, remove job'],
  ['job-finalize', 'finalize job, finalise job'],
  [
    'block-job-set-speed',
    'job speed, limit job, limit backup speed, throttle job, job bandwidth, slow down backup, speed of job, limit mirror speed, throttle backup',
  ],
  ['block-job-change', 'change job, change copy mode, job options'],
  // Bitmaps.
  [
    'block-dirty-bitmap-add',
    'dirty bitmap, create bitmap, changed block tracking, cbt, track changes, add bitmap, new bitmap',
  ],
  ['block-dirty-bitmap-remove', 'remove bitmap, delete bitmap'],
  ['block-dirty-bitmap-clear', 'clear bitmap, reset bitmap'],
  ['block-dirty-bitmap-merge', 'merge bitmaps, copy bitmap, combine bitmaps'],
  ['block-dirty-bitmap-enable', 'enable bitmap, start tracking changes'],
  ['block-dirty-bitmap-disable', 'disable bitmap, stop tracking changes'],
  [
    'transaction',
    'several commands at once, atomic, group commands, all or nothing, atomic snapshot, snapshot of several disks, consistent snapshot, snapshot all disks, atomically',
  ],
  // Exports.
  [
    'block-export-add',
    'export nbd, nbd export, export disk, share disk, export image, vhost-user-blk, fuse export, publish disk, serve disk, export node, add nbd export',
  ],
  ['nbd-server-add', 'export nbd, nbd export, export disk, share disk, add nbd export, publish disk'],
  [
    'nbd-server-start',
    'start nbd, nbd, nbd server, start nbd server, export nbd, serve disk over network, listen nbd',
  ],
  ['nbd-server-stop', 'stop nbd, stop nbd server, end nbd server, close nbd'],
  [
    'block-export-del',
    'remove export, delete export, stop export, unexport, close export, stop sharing disk',
  ],
  ['nbd-server-remove', 'remove nbd export, remove export, delete nbd export'],
  ['query-block-exports', 'list exports, exports, nbd exports, shared disks'],
  // Looking.
  [
    'query-block',
    'disks, drives, list disks, list drives, show disks, block devices, list block devices, disk info, drive list, which disks, attached disks, cdrom state, list images, lsblk',
  ],
  [
    'query-named-block-nodes',
    'block nodes, nodes, list nodes, node names, block graph, backing chain, list block nodes, image chain, disk size, snapshots of disk, list bitmaps, list snapshots, list internal snapshots',
  ],
  [
    'query-blockstats',
    'disk statistics, disk stats, io statistics, io stats, disk io, reads and writes, block statistics, iostat, how much was written, disk usage, iops',
  ],
  ['x-debug-query-block-graph', 'block graph, graph of nodes'],
  ['query-pr-managers', 'persistent reservations'],
  // Events.
  ['BLOCK_IO_ERROR', 'io error, disk error, enospc, no space, read error, write error, disk full'],
  ['BLOCK_JOB_COMPLETED', 'job done, backup done, job finished, backup finished'],
  ['BLOCK_JOB_READY', 'mirror ready, job ready'],
  ['BLOCK_IMAGE_CORRUPTED', 'corruption, corrupt image, image corrupted'],
]

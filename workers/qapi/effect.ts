/**
 * What a command may do to a machine, for its lock and for the question before something dangerous. One table.
 */
import type { JsonObject } from '../base/json.ts'

/** `dangerous` carries what will happen, in a sentence for people. */
export type Effect =
  /** `why` says how that is known, after the name of the command. */
  | { readonly kind: 'reads'; readonly why: string }
  | { readonly kind: 'changes' }
  | { readonly kind: 'dangerous'; readonly what: string }

/** Commands that are known to change nothing, and why: these alone pass a machine that is locked to read only. */
const reads: Readonly<Record<string, string>> = {
  'qom-get': 'reads one property of an object',
  'qom-list': 'lists the properties of an object',
  'qom-list-get': 'reads the properties of objects',
  'qom-list-types': 'lists types',
  'qom-list-properties': 'lists the properties of a type; an object of it is made and thrown away',
  'device-list-properties': 'lists the properties of a device type; a device of it is made and thrown away',
  qmp_capabilities: 'is the negotiation of the connection itself',
  'trace-event-get-state': 'reads which trace events are on',
  'x-debug-query-block-graph': 'describes the graph of block nodes',
  'guest-ping': 'is answered, and that is all',
  'guest-info': 'lists the commands of the agent',
  'guest-sync': 'returns its own argument',
  'guest-sync-delimited': 'returns its own argument',
}

/** Why a command changes nothing; undefined where that is not known. Queries are named so by QAPI's own rule. */
function readsBecause(name: string): string | undefined {
  if (name.startsWith('query-')) return 'is a query'
  if (/^guest-(get|network-get)-/.test(name)) return 'reads something of the guest'
  return Object.hasOwn(reads, name) ? reads[name] : undefined
}

const dangers: Readonly<Record<string, string>> = {
  quit: 'QEMU ends at once. The guest is not shut down: what it has not written is lost.',
  system_reset: 'The guest is reset as by its reset button: what it has not written is lost.',
  system_powerdown: 'The guest is asked to power down as by its power button; most obey.',
  'inject-nmi': 'The guest gets a non-maskable interrupt: many are set up to crash on it.',
  block_resize: 'The image changes its size. Making it smaller cuts off the data beyond.',
  'blockdev-reopen':
    'Images are reopened with other options. With empty options some versions of QEMU abort, and the guest with it.',
  transaction:
    'Several changes at once. Enabling a bitmap of a node that is not there ends some versions of QEMU.',
  migrate: 'The machine moves to another host; this QEMU keeps the guest paused afterwards.',
  'migrate-incoming': 'The machine waits for another one to arrive and takes its place.',
  'snapshot-load': 'The guest goes back to a snapshot: everything since is lost.',
  'snapshot-delete': 'A snapshot is deleted.',
  'blockdev-snapshot-delete-internal-sync': 'An internal snapshot is deleted.',
  'drive-mirror': 'An image is overwritten with another.',
  'blockdev-mirror': 'A node is overwritten with another.',
  'drive-backup': 'An image is overwritten with a backup.',
  'blockdev-backup': 'A node is overwritten with a backup.',
  'block-commit': 'Data is written into a backing image, which other images may use too.',
  'block-stream': 'Data is copied out of the backing image into the image.',
  device_del: 'A device is unplugged from the guest: what uses it there fails.',
  'job-cancel': 'A job is cancelled; what it has done so far may be of no use.',
  'block-job-cancel': 'A block job is cancelled; what it has done so far may be of no use.',
  'xen-save-devices-state': 'The state of the devices is written to a file.',
  pmemsave: 'Memory of the guest is written to a file of the host, which is overwritten.',
  memsave: 'Memory of the guest is written to a file of the host, which is overwritten.',
  'dump-guest-memory': 'The memory of the guest, secrets included, is written to a file of the host.',
  'guest-shutdown': 'The guest shuts down.',
  'guest-suspend-disk': 'The guest suspends to its disk.',
  'guest-suspend-ram': 'The guest suspends to memory.',
  'guest-suspend-hybrid': 'The guest suspends.',
  'guest-exec': 'A program is run inside the guest, as root.',
  'guest-file-write': 'A file inside the guest is written.',
  'guest-fsfreeze-freeze': 'The file systems of the guest are frozen: it hangs until they are thawed.',
  'guest-set-user-password': 'A password inside the guest is changed.',
}

/** Words of the human monitor that do the same as a dangerous command, or are dangerous by themselves. */
const humanDangers: Readonly<Record<string, string>> = {
  q: 'quit',
  quit: 'quit',
  system_reset: 'system_reset',
  system_powerdown: 'system_powerdown',
  nmi: 'inject-nmi',
  block_resize: 'block_resize',
  loadvm: 'snapshot-load',
  delvm: 'snapshot-delete',
  migrate: 'migrate',
  migrate_incoming: 'migrate-incoming',
  device_del: 'device_del',
  drive_mirror: 'drive-mirror',
  drive_backup: 'drive-backup',
  commit: 'block-commit',
  pmemsave: 'pmemsave',
  memsave: 'memsave',
  'dump-guest-memory': 'dump-guest-memory',
}

/** What a command with these arguments may do. Anything that is not known to read counts as a change. */
export function commandEffect(name: string, args: JsonObject | undefined): Effect {
  if (name === 'human-monitor-command') return humanEffect(args)
  const why = readsBecause(name)
  if (why !== undefined) return { kind: 'reads', why }
  const what = Object.hasOwn(dangers, name) ? dangers[name] : undefined
  return what === undefined ? { kind: 'changes' } : { kind: 'dangerous', what }
}

function humanEffect(args: JsonObject | undefined): Effect {
  const line = args?.['command-line']
  if (typeof line !== 'string') return { kind: 'changes' }
  const word = line.trim().split(/\s+/, 1)[0] ?? ''
  if (word === 'info' || word === 'help' || word === '?' || word === 'print' || word === 'p' || word === '')
    return { kind: 'reads', why: 'shows something' }
  const same = Object.hasOwn(humanDangers, word) ? humanDangers[word] : undefined
  return same === undefined ? { kind: 'changes' } : { kind: 'dangerous', what: dangers[same] ?? '' }
}

/**
 * Every command that this page sends without a person: what it could do at worst, and why it is safe. One line for each
 * name of own-queries.ts, or this file does not compile; no part of the page itself. docs/OWN-QUERIES.md is printed from
 * it, and a test compares both.
 * own-queries.real.test.ts sends each to real QEMUs, also to one whose modules were replaced while it ran.
 * Tested by workers/qapi/check/own-queries.test.ts.
 * @adr 0038
 */
import type { OwnQuery } from './own-queries.ts'

/** A line of the table. */
interface OwnQueryLine {
  /** When it is sent. */
  readonly when: string
  /** What it could do at worst. */
  readonly could: string
  /** Why it is sent nevertheless. */
  readonly safe: string
}

const connect = 'when a connection is ready'
const overview = 'while the overview is open, every 2 s'
const values = 'when a field or a word wants the values that the machine knows'
const inside = 'while the block graph is in sight, every 2 s and after events of jobs and devices'
const migration = 'while the migration in Inspect is in sight'
const counting = 'while plots of it are on the board in Inspect, every second'
const follow = 'while something of its kind goes on, twice a second'
const devices = 'while the devices in Inspect are in sight, every 15 s and after events of devices'
const cpus = 'while CPUs and memory are in sight in Inspect, every 5 s and after their events'
const gone = 'when a device is gone that was unplugged in Inspect'
const around = 'before and after a command, where that was ticked'
const screen = 'when a screen is connected, and when clients of it come or go'
const turn = 'before a serial line is opened, and every 3 s while another program has it'
const copies = 'It copies what QEMU holds already.'
const waits = 'It looks at image files: on storage that hangs, QEMU waits with it.'
const asks = 'It makes nothing and loads nothing; management software asks it all the time.'

const glance = 'while the view of the guest is open, every 10 s'
const load = 'in an overview in which a person asked for the guest, every 5 s'
const readsGuest = 'It reads in the guest what any program there may read.'
const cheap = 'Nothing is opened or written; it is asked only where guest-info offers it, and one at a time.'

function line(when: string, could: string, safe: string): OwnQueryLine {
  return { when, could, safe }
}

/** The table, by the name of the command. */
export const ownQueryReasons: Readonly<Record<OwnQuery, OwnQueryLine>> = {
  qmp_capabilities: line('first of all', 'It begins the connection.', 'Nothing can be asked without it.'),
  'query-name': line(connect, copies, asks),
  'query-uuid': line(connect, copies, asks),
  'query-status': line(
    `${connect}, when an event tells of a change, and before registers are read in Inspect`,
    copies,
    asks,
  ),
  'query-qmp-schema': line(connect, 'Half a megabyte goes over the wire.', 'It is a table that is built in.'),
  'query-accelerators': line(overview, copies, asks),
  'query-kvm': line(overview, copies, asks),
  'query-cpus-fast': line(
    `${overview}; ${cpus}; ${values}; when the statistics of a machine are first shown`,
    copies,
    'Unlike query-cpus it does not stop the CPUs.',
  ),
  'query-memory-size-summary': line(`${overview}; ${cpus}; ${around}`, copies, asks),
  'query-balloon': line(
    `${overview}; ${cpus}; ${around}; ${counting}`,
    copies,
    'It asks QEMU, not the guest.',
  ),
  'query-block': line(
    `${overview}; ${inside}; ${values}; ${around}`,
    waits,
    'The image is open already; nothing is written.',
  ),
  'query-named-block-nodes': line(
    `${gone}; ${overview}; ${inside}; ${values}; ${around}`,
    waits,
    'The image is open already; nothing is written.',
  ),
  'query-blockstats': line(`${overview}; ${inside}; ${counting}`, copies, asks),
  'query-stats': line(
    `${counting}; while the overview is open, every 2 s`,
    copies,
    'KVM’s counters are read, and only those that are on screen.',
  ),
  'query-stats-schemas': line(
    'when the statistics of a machine are first shown on a connection',
    'It reads the names of the counters from the host.',
    'It makes nothing.',
  ),
  'query-dirty-rate': line(
    counting,
    copies,
    'It tells of a measurement; calc-dirty-rate, which begins one, waits for a person.',
  ),
  'query-jobs': line(`${follow}; ${values}; ${around}`, copies, asks),
  'query-block-jobs': line(`${follow}; ${values}; ${around}`, copies, asks),
  'query-migrate': line(
    `${follow}; ${migration}, every second, also to its other side; ${around}`,
    copies,
    asks,
  ),
  'query-dump': line(`${follow}; ${cpus}`, copies, asks),
  'query-dump-guest-memory-capability': line(
    'when CPUs and memory are opened in Inspect',
    copies,
    'It tells what kind of guest this QEMU could dump, and writes nothing.',
  ),
  'query-chardev': line(`${connect}; ${turn}; ${gone}; ${values}; ${around}`, copies, asks),
  'x-gate-status': line(
    'behind a gate: when a serial line is opened, while it is in sight, every 2 s, and when somebody types there who only listens',
    'It lists the clients of the gate.',
    'The gate answers it itself: nothing goes to QEMU.',
  ),
  'query-iothreads': line(`${values}; ${around}`, copies, asks),
  'query-memdev': line(`${cpus}; ${values}; ${around}`, copies, asks),
  'query-block-exports': line(`${inside}; ${values}; ${around}`, copies, asks),
  'x-debug-query-block-graph': line(
    inside,
    copies,
    'It walks over nodes that are there; only where the schema offers it, and its reply may have any shape.',
  ),
  'query-cpu-definitions': line(
    values,
    'It makes a CPU of each model and throws it away.',
    'CPUs are in no module; QEMU’s own tests and libvirt ask it of every build.',
  ),
  'query-hotpluggable-cpus': line(`${devices}; ${cpus}; ${values}; ${around}`, copies, asks),
  'query-fdsets': line(`${values}; ${around}`, copies, asks),
  'trace-event-get-state': line(`${values}; ${around}`, copies, asks),
  'qom-list': line(
    `${values}; ${around}; when an object, a device, CPUs and memory or the statistics are opened in Inspect`,
    'It walks over objects that are there.',
    'It reads names and types and calls no property; QEMU’s own tests do it for every object.',
  ),
  'device-list-properties': line(
    'when a driver is given to device_add, or a device is opened in Inspect: of types that are in no module, and of listed types whose parts are listed',
    'It makes a device and throws it away: of a type whose part is missing, QEMU ends.',
    'The door (whyNotUnasked) lets through only types whose parts are there, see device-types.ts; all others are asked by a button and past the lock.',
  ),
  'human-monitor-command': line(
    'info network and info qtree: when a field wants the names of networks or buses, and the first when a device is gone that was unplugged in Inspect; help: when a word of the human monitor is completed; help info: when its pages are opened in Inspect; info registers, info registers -a and x /20i $pc: when CPUs are opened in Inspect, and there whenever the guest has stopped; info numa: with them',
    'A line of the human monitor can do anything.',
    'The door lets through exactly these lines, which list what is there; x /20i $pc shows what the CPU itself is about to fetch.',
  ),
  'query-rx-filter': line(around, copies, asks),
  'query-pci': line(
    `${devices}; ${around}`,
    'It reads the configuration space of PCI devices that QEMU made.',
    asks,
  ),
  'query-memory-devices': line(`${devices}; ${cpus}; ${around}`, copies, asks),
  'query-vnc': line(`${screen}; ${around}`, copies, asks),
  'query-spice': line(around, copies, asks),
  'query-mice': line(`${screen}; ${around}`, copies, asks),
  'query-migrate-parameters': line(
    `${migration}, every 5 s, and of both sides before one is begun; ${around}`,
    copies,
    asks,
  ),
  'query-migrate-capabilities': line(
    `${migration}, every 5 s, and of both sides before one is begun; ${around}`,
    copies,
    asks,
  ),
  'guest-sync-delimited': line(
    'first of all, to a guest agent, and when the order of replies is in doubt',
    'It is answered.',
    'It returns its argument.',
  ),
  'guest-info': line(
    'when a guest agent is ready, and after a thaw',
    copies,
    'It is the list of the agent’s commands.',
  ),
  'guest-get-host-name': line(`${glance}; ${load}`, readsGuest, cheap),
  'guest-get-osinfo': line(`${glance}; ${load}`, readsGuest, cheap),
  'guest-get-cpustats': line(load, readsGuest, cheap),
  'guest-get-time': line(glance, readsGuest, cheap),
  'guest-get-users': line(glance, readsGuest, cheap),
  'guest-network-get-interfaces': line(`${glance}; ${load}`, readsGuest, cheap),
  'guest-get-fsinfo': line(
    glance,
    'It asks each file system how full it is: one over a network that hangs holds the agent.',
    cheap,
  ),
  'guest-get-disks': line(glance, readsGuest, cheap),
  'guest-get-vcpus': line(glance, readsGuest, cheap),
  'guest-get-memory-blocks': line(glance, readsGuest, cheap),
  'guest-get-memory-block-info': line(glance, readsGuest, cheap),
  'guest-fsfreeze-status': line(
    'when a guest agent is ready, and after a freeze or thaw',
    'It tells what the agent itself remembers.',
    'A frozen guest hangs: who sees it must know. It is asked only where guest-info offers it.',
  ),
}

/** The table as docs/OWN-QUERIES.md has it. */
export function printOwnQueries(): string {
  const rows = Object.entries(ownQueryReasons).map(
    ([name, { when, could, safe }]) => `| \`${name}\` | ${when} | ${could} | ${safe} |`,
  )
  return [
    '| command | sent | what it could do | why it is let out |',
    '| --- | --- | --- | --- |',
    ...rows,
  ].join('\n')
}

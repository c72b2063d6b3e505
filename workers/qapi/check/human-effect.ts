/**
 * What a line of the human monitor may do: its words, as QEMU 5.2 to 10.0 list them by `help`, gone through once.
 * A word that does the same as a command of QMP has that command's line of the table.
 * @qapi human-monitor-command
 */
import type { Classed } from './effect-table.ts'
import { effectTable } from './effect-table.ts'

/** Words that are a command of QMP under another name, or under the same. */
const same: ReadonlyMap<string, string> = new Map([
  ...pairs(`q=quit quit=quit c=cont cont=cont s=stop stop=stop nmi=inject-nmi system_reset=system_reset
    system_powerdown=system_powerdown system_wakeup=system_wakeup balloon=balloon announce_self=announce-self`),
  ...pairs(`block_job_cancel=block-job-cancel block_job_complete=block-job-complete block_job_pause=block-job-pause
    block_job_resume=block-job-resume block_job_set_speed=block-job-set-speed block_resize=block_resize
    block_set_io_throttle=block_set_io_throttle block_stream=block-stream block_passwd=block_passwd
    commit=block-commit drive_backup=drive-backup drive_mirror=drive-mirror eject=eject change=change
    snapshot_blkdev=blockdev-snapshot-sync snapshot_blkdev_internal=blockdev-snapshot-internal-sync
    snapshot_delete_blkdev_internal=blockdev-snapshot-delete-internal-sync`),
  ...pairs(`delvm=snapshot-delete loadvm=snapshot-load savevm=snapshot-save`),
  ...pairs(`calc_dirty_rate=calc-dirty-rate cancel_vcpu_dirty_limit=cancel-vcpu-dirty-limit
    set_vcpu_dirty_limit=set-vcpu-dirty-limit`),
  ...pairs(`chardev-add=chardev-add chardev-change=chardev-change chardev-remove=chardev-remove
    chardev-send-break=chardev-send-break ringbuf_read=ringbuf-read ringbuf_write=ringbuf-write`),
  ...pairs(`client_migrate_info=client_migrate_info closefd=closefd getfd=getfd device_del=device_del
    netdev_add=netdev_add netdev_del=netdev_del object_del=object-del set_link=set_link`),
  ...pairs(`dump-guest-memory=dump-guest-memory dumpdtb=dumpdtb memsave=memsave pmemsave=pmemsave
    screendump=screendump`),
  ...pairs(`exit_preconfig=x-exit-preconfig expire_password=expire_password set_password=set_password
    sendkey=send-key watchdog_action=watchdog-set-action trace-event=trace-event-set-state`),
  ...pairs(`migrate=migrate migrate_cancel=migrate_cancel migrate_continue=migrate-continue
    migrate_incoming=migrate-incoming migrate_pause=migrate-pause migrate_recover=migrate-recover
    migrate_set_cache_size=migrate-set-cache-size migrate_set_capability=migrate-set-capabilities
    migrate_set_downtime=migrate_set_downtime migrate_set_parameter=migrate-set-parameters
    migrate_set_speed=migrate_set_speed migrate_start_postcopy=migrate-start-postcopy`),
  ...pairs(`nbd_server_add=nbd-server-add nbd_server_remove=nbd-server-remove nbd_server_start=nbd-server-start
    nbd_server_stop=nbd-server-stop`),
  ...pairs(`qom-list=qom-list qom-get=qom-get qom-set=qom-set replay_break=replay-break
    replay_delete_break=replay-delete-break replay_seek=replay-seek x_colo_lost_heartbeat=x-colo-lost-heartbeat
    xen-event-inject=xen-event-inject xen-event-list=xen-event-list`),
])

function* pairs(text: string): Generator<[string, string]> {
  for (const pair of text.trim().split(/\s+/)) {
    const [word = '', command = ''] = pair.split('=')
    yield [word, command]
  }
}

type HumanEffectLine = readonly [words: string, effect: Classed['effect'], why: string]

/** Words that only the human monitor has. */
const own: readonly HumanEffectLine[] = [
  // `x` and `xp` read devices as well, see nextCode.
  ['info help ? print p', 'reads', 'shows something'],
  ['gpa2hpa gpa2hva gva2gpa acl_show', 'reads', 'shows something'],
  ['i x xp sum', 'changes', 'reading the registers of a device can change it'],
  ['cpu', 'changes', 'which CPU the monitor means'],
  ['mouse_button mouse_move mouse_set', 'changes', 'the guest gets input'],
  ['boot_set', 'changes', 'what the guest starts from next'],
  ['log sync-profile singlestep one-insn-per-tb', 'changes', 'how QEMU runs and what it logs'],
  ['stopcapture', 'changes', 'a recording of sound ends'],
  ['hostfwd_remove', 'changes', 'a port of the host is closed'],
  ['cpu-add cpu_add', 'changes', 'the guest gets a CPU'],
  ['o', 'dangerous', 'A register of a device is written: the guest, which knows nothing of it, may crash.'],
  ['mce pcie_aer_inject_error', 'dangerous', 'The guest is told of a hardware error: many crash on it.'],
  ['device_add', 'dangerous', 'A device is plugged in. Of types whose parts are missing here QEMU ends.'],
  [
    'object_add',
    'dangerous',
    'An object is made: some read or write files of the host, or open doors to it.',
  ],
  ['drive_add', 'dangerous', 'An image of the host is opened for the guest.'],
  ['drive_del', 'dangerous', 'A disk is taken from the guest at once, whether it uses it or not.'],
  ['gdbserver', 'dangerous', 'A port is opened: who reaches it controls the guest.'],
  ['hostfwd_add', 'dangerous', 'A port of the host is opened: who reaches it reaches the guest.'],
  ['logfile', 'dangerous', 'What QEMU logs is written to a file of the host, which is overwritten.'],
  ['wavcapture', 'dangerous', 'What the guest plays is written to a file of the host, which is overwritten.'],
  ['qemu-io', 'dangerous', 'A disk is read or written past the guest.'],
  ['acl_add acl_policy acl_remove acl_reset', 'dangerous', 'Who may use the display or the disks.'],
]

const ownTable: ReadonlyMap<string, Classed> = new Map(
  own.flatMap(([words, effect, why]) =>
    words.split(' ').map((word): [string, Classed] => [word, { effect, why }]),
  ),
)

/** What it means to open a tray by force. */
export const forced: Classed = {
  effect: 'dangerous',
  why: 'The medium is taken out though the guest has locked it.',
}

/** The first word of a line, as QEMU reads it: up to a blank or a slash. @qemu monitor/hmp.c, get_command_name */
function humanWord(line: string): string {
  return /^[ \t\n\v\f\r]*([^ \t\n\v\f\r/]*)/.exec(line)?.[1] ?? ''
}

/**
 * Instructions from the program counter on: the CPU itself is about to fetch these bytes, so that reading them does nothing
 * that it would not do.
 */
const nextCode: Classed = { effect: 'reads', why: 'shows the code that a CPU runs next' }

/** What a line may do; undefined for an unclassified word. An empty line reads. */
export function humanLineEffect(line: string): Classed | undefined {
  const word = humanWord(line)
  if (word === '') return { effect: 'reads', why: 'is empty' }
  if ((word === 'eject' || word === 'change') && /\s-f(?:\s|$)/.test(line)) return forced
  // Before 6.0: the server of the display moves, or gets another password. Who names a medium so is asked as well.
  if (word === 'change' && /\svnc(?:\s|$)/.test(line)) return effectTable.get('display-update')
  if (line === 'x /20i $pc') return nextCode
  const command = same.get(word)
  return command === undefined ? ownTable.get(word) : effectTable.get(command)
}

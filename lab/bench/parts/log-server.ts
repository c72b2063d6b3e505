/** A serial line of our own: whoever connects gets a log of any length, as fast as the other end takes it. */
import { createHash } from 'node:crypto'
import type { Socket } from 'node:net'
import { startFakeServer } from '../../testing.ts'

/** A log: what a kernel and its supervisor print, with colours and carriage returns. */
export interface Log {
  readonly bytes: Buffer
  /** Its lines without colours, as a terminal shows them. */
  readonly lines: readonly string[]
  readonly sha256: string
}

/** What stands between the time and the number of a line, by turns. Every eighth line is a supervisor's, in colour. */
const texts = [
  'usb 1-1: new high-speed USB device using xhci_hcd, device number',
  'virtio_blk virtio2: [vda] 2097152 512-byte logical blocks (1.07 GB/1.00 GiB), pass',
  'EXT4-fs (vda1): mounted filesystem with ordered data mode, opts: (null), mount',
  'audit: type=1400 audit(1732153431.000:2): apparmor="STATUS" operation="profile_load" entry',
  'NET: Registered PF_VSOCK protocol family',
  'systemd[1]: Started Rule-based Manager for Device Events and Files, job',
  'e1000e 0000:00:02.0 eth0: NIC Link is Up 1000 Mbps Full Duplex, Flow Control: Rx/Tx, change',
] as const

/** Make a log of at least `bytes` bytes. Its last line has `end`, by which whoever looks knows that all is there. */
export function createLog(bytes: number, end: string): Log {
  const lines: string[] = []
  const parts: string[] = []
  let size = 0
  for (let n = 0; size < bytes; n += 1) {
    const text = `${texts[n % texts.length] ?? ''} ${n}`
    const [line, part] =
      n % 8 === 7
        ? [`[  OK  ] ${text}.`, `[\x1b[0;32m  OK  \x1b[0m] ${text}.\r\n`]
        : [`[${(n / 1000).toFixed(6).padStart(12)}] ${text}`, '']
    lines.push(line)
    parts.push(part === '' ? `${line}\r\n` : part)
    size += parts.at(-1)?.length ?? 0
  }
  lines.push(end)
  parts.push(`${end}\r\n`)
  const all = Buffer.from(parts.join(''))
  return { bytes: all, lines, sha256: createHash('sha256').update(all).digest('hex') }
}

/** One line, which may have several clients one after the other. */
export interface LogServer {
  /** How many clients there have been; the last one reads. */
  clients(): number
  /** Write bytes to who is there. Resolves when the last one was handed to the socket. */
  print(bytes: Buffer): Promise<void>
  stop(): Promise<void>
}

/** Start one on a unix socket. */
export async function startLogServer(path: string): Promise<LogServer> {
  let client: Socket | undefined
  let clients = 0
  const server = await startFakeServer(path, (socket) => {
    client = socket
    clients += 1
    socket.resume()
    socket.on('close', () => {
      if (client === socket) client = undefined
    })
  })
  return {
    clients: () => clients,
    async print(bytes) {
      const socket = client
      if (socket === undefined) throw new Error('nobody is there to read the log')
      await new Promise<void>((resolve, reject) => {
        const gone = (): void => reject(new Error('the client went in the middle'))
        socket.once('close', gone)
        socket.write(bytes, () => {
          socket.off('close', gone)
          resolve()
        })
      })
    },
    stop: () => server.stop(),
  }
}

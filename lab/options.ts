/** The options of `npm start`. */
import { err, ok } from '#base/result.ts'
import type { Result } from '#base/result.ts'
import { isPackage, startWords } from './paths.ts'
import { isServeOption, plainServe, readServeOption, serveUsage } from './serve/serve-options.ts'
import type { ServeOptions } from './serve/serve-options.ts'

/** How the demo machine is run. `auto` tries KVM and falls back to TCG. */
export type Accel = 'auto' | 'kvm' | 'tcg'

/** What was asked for. */
export interface StartOptions {
  /** A folder of sockets that somebody else looks after; undefined for one of our own. */
  readonly sockets: string | undefined
  /** A file that lists machines. */
  readonly machines?: string
  /** The address of a libvirt whose domains are machines. */
  readonly libvirt?: string
  readonly port: number
  /** The port was named: another one is no answer. */
  readonly portNamed: boolean
  readonly listen: string
  readonly demo: boolean
  readonly accel: Accel
  /** Another key than the one that is kept. */
  readonly newKey: boolean
  /** Print the address with the key that is kept, and start nothing. */
  readonly showKey: boolean
  readonly help: boolean
  /** Put a gate before the machines: several clients on each, and a second key for watching. */
  readonly gate?: boolean
  /** The file of the gate's record; a gate is there where one is named. */
  readonly audit?: string
  /** Who reaches it, and how. */
  readonly serve: ServeOptions
}

/** The port when none is named. */
export const defaultPort = 6080

/** What `--help` prints. */
export const usage = `${isPackage ? `${startWords} [OPTIONS]` : 'npm start [-- OPTIONS]'}

  --sockets DIR   machines that somebody else started: unix sockets in DIR named NAME.CHANNEL
                  (lab1.qmp, lab1.hmp, lab1.serial, lab1.vnc, lab1.qga; serial0, serial1 for several)
  --machines FILE machines with sockets at any paths and ports, in groups: a list in JSON (docs/attach.md)
  --libvirt [URI] the running domains of libvirt (qemu:///system for root, else qemu:///session)
  --port N        port of the page and the bridge (${defaultPort}; if taken, the next free one)
  --listen ADDR   address to listen on (127.0.0.1)
  --no-demo       start no demo machine
  --accel WHICH   auto, kvm or tcg: how the demo machine runs (auto: KVM where it works, else TCG)
  --gate          several clients on each machine at once, and a second address for watching
  --audit FILE    the same, with a record in FILE of who did what (JSON Lines)
  --new-key       make a new key: whoever has the old address is kept out
  --show-key      print the address with the key, and start nothing
${serveUsage}
  --help          this text`

/** Read the arguments. The failure is a sentence. */
export function readOptions(args: readonly string[]): Result<StartOptions, string> {
  let options: StartOptions = {
    sockets: undefined,
    port: defaultPort,
    portNamed: false,
    listen: '127.0.0.1',
    demo: true,
    accel: 'auto',
    newKey: false,
    showKey: false,
    help: false,
    serve: plainServe,
  }
  const rest = args.flatMap((arg) => (/^--[a-z-]+=/.test(arg) ? splitAt(arg, arg.indexOf('=')) : [arg]))
  while (rest.length > 0) {
    const name = rest.shift() ?? ''
    if (name === '--help' || name === '-h') options = { ...options, help: true }
    else if (name === '--no-demo') options = { ...options, demo: false }
    else if (name === '--gate') options = { ...options, gate: true }
    else if (name === '--new-key') options = { ...options, newKey: true }
    else if (name === '--libvirt') {
      const [value] = rest
      const hasOwn = value !== undefined && !value.startsWith('--')
      if (hasOwn) rest.shift()
      options = { ...options, libvirt: hasOwn ? value : defaultLibvirt() }
    } else if (name === '--insecure') options = { ...options, serve: { ...options.serve, insecure: true } }
    else if (name === '--show-key') options = { ...options, showKey: true }
    else if (
      ['--sockets', '--machines', '--port', '--listen', '--accel', '--audit'].includes(name) ||
      isServeOption(name)
    ) {
      const value = rest.shift()
      if (value === undefined || value.startsWith('--'))
        return err(`${name} needs a value. See ${startWords} --help`)
      const read = readValue(options, name, value)
      if (!read.ok) return read
      options = read.value
    } else return err(`There is no option ${name}. See ${startWords} --help`)
  }
  return ok(options)
}

function defaultLibvirt(): string {
  return process.getuid?.() === 0 ? 'qemu:///system' : 'qemu:///session'
}

function splitAt(text: string, at: number): string[] {
  return [text.slice(0, at), text.slice(at + 1)]
}

function readValue(options: StartOptions, name: string, value: string): Result<StartOptions, string> {
  if (isServeOption(name)) {
    const serve = readServeOption(options.serve, name, value)
    return serve.ok ? ok({ ...options, serve: serve.value }) : serve
  }
  switch (name) {
    case '--sockets':
      return ok({ ...options, sockets: value })
    case '--audit':
      return ok({ ...options, gate: true, audit: value })
    case '--machines':
      return ok({ ...options, machines: value })
    case '--listen':
      return ok({ ...options, listen: value })
    case '--accel':
      return value === 'auto' || value === 'kvm' || value === 'tcg'
        ? ok({ ...options, accel: value })
        : err(`--accel ${value}: it is auto, kvm or tcg.`)
    default: {
      const port = Number(value)
      return /^\d+$/.test(value) && port >= 1 && port <= 65_535
        ? ok({ ...options, port, portNamed: true })
        : err(`--port ${value}: a port is a number from 1 to 65535.`)
    }
  }
}

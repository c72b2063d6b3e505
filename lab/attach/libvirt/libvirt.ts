/**
 * The running domains of a libvirt as machines: the monitor by libvirt's own proxy, serial lines, screens and the agent. They
 * come and go with their domains, and all that was started ends with us.
 * Tested by lab/attach/libvirt/libvirt.real.test.ts.
 */
import { execFile } from 'node:child_process'
import { existsSync, mkdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { err, ok } from '#base/result.ts'
import type { Result } from '#base/result.ts'
import { findProgram } from '../../packages.ts'
import { startChild } from '../../processes.ts'
import type { Child } from '../../processes.ts'
import type { AttachedChannel, AttachedMachine, AttachedSource } from '../attached.ts'
import { serveAgent } from './agent-socket.ts'
import { readDomainXml } from './domain-xml.ts'
import type { DomainChannels } from './domain-xml.ts'
import { joinPty } from './pty-line.ts'

/** The system's Python: Debian's python3-libvirt is its, and no other's. */
const python = '/usr/bin/python3'
/** How often the domains are listed, in milliseconds. */
const pollMs = 1500
/** How long virsh may take, in milliseconds. */
const virshMs = 15_000
/** How long an agent may take for one request, in seconds, as virsh counts it. */
const agentSeconds = 10
/** The pause before a proxy that ended is started again, in milliseconds. */
const restartMs = 1000
const mostBytes = 64 * 1024 * 1024

/** Where a libvirt is, and what is made for it. */
export interface LibvirtOptions {
  readonly uri: string
  /** A private folder for sockets; it is made. */
  readonly folder: string
  readonly say: (words: string) => void
}

/** A source of machines that has to be ended. */
export interface Libvirt extends AttachedSource {
  stop(): Promise<void>
}

interface Domain {
  readonly machine: AttachedMachine
  stop(): Promise<void>
}

function virsh(uri: string, args: readonly string[]): Promise<Result<string, string>> {
  return new Promise((resolve) => {
    execFile(
      'virsh',
      ['-q', '-c', uri, ...args],
      { timeout: virshMs, maxBuffer: mostBytes, encoding: 'utf8' },
      (error, stdout, stderr) => {
        const said = stderr.trim().replace(/^error: /, '')
        resolve(error === null ? ok(stdout) : err(said === '' ? error.message : said))
      },
    )
  })
}

/** Begin. The failure is a sentence with what to install or to do. */
export async function openLibvirt(options: LibvirtOptions): Promise<Result<Libvirt, string>> {
  const { uri } = options
  const proxy = findProgram('virt-qemu-qmp-proxy')
  if (findProgram('virsh') === undefined || proxy === undefined || !existsSync(python)) {
    return err(
      '--libvirt needs virsh and virt-qemu-qmp-proxy. On Debian: sudo apt-get install --no-install-recommends libvirt-clients libvirt-clients-qemu python3-libvirt',
    )
  }
  const first = await virsh(uri, ['list', '--uuid', '--name'])
  if (!first.ok) return err(`libvirt does not answer at ${uri}: ${first.error}`)
  mkdirSync(options.folder, { recursive: true, mode: 0o700 })
  const domains = new Domains(options, proxy)
  await domains.take(first.value)
  return ok(domains)
}

class Domains implements Libvirt {
  readonly #options: LibvirtOptions
  readonly #proxy: string
  readonly #domains = new Map<string, Domain>()
  #problem: string | undefined
  #timer: ReturnType<typeof setTimeout> | undefined
  #polling: Promise<void> = Promise.resolve()
  #isStopped = false

  constructor(options: LibvirtOptions, proxy: string) {
    this.#options = options
    this.#proxy = proxy
    this.#later()
  }

  look(): ReturnType<AttachedSource['look']> {
    return {
      machines: [...this.#domains.values()].map(({ machine }) => machine),
      problems: this.#problem === undefined ? [] : [this.#problem],
    }
  }

  /** Take what `virsh list --uuid --name` printed: a line for each domain. */
  async take(list: string): Promise<void> {
    const now = new Map(
      list.split('\n').flatMap((line) => {
        const [uuid = '', ...name] = line.trim().split(/\s+/)
        return /^[0-9a-f-]{36}$/.test(uuid) ? [[uuid, name.join(' ')] as const] : []
      }),
    )
    for (const [uuid, domain] of this.#domains) {
      if (now.has(uuid)) continue
      this.#domains.delete(uuid)
      await domain.stop()
    }
    for (const [uuid, name] of now) if (!this.#domains.has(uuid)) await this.#add(uuid, name)
  }

  async stop(): Promise<void> {
    this.#isStopped = true
    clearTimeout(this.#timer)
    await this.#polling
    await Promise.all([...this.#domains.values()].map((each) => each.stop()))
    this.#domains.clear()
    rmSync(this.#options.folder, { recursive: true, force: true })
  }

  #later(): void {
    if (this.#isStopped) return
    this.#timer = setTimeout(() => {
      this.#polling = this.#poll().then(() => this.#later())
    }, pollMs)
  }

  async #poll(): Promise<void> {
    const { uri } = this.#options
    const list = await virsh(uri, ['list', '--uuid', '--name'])
    this.#problem = list.ok ? undefined : `libvirt does not answer at ${uri}: ${list.error}`
    if (list.ok) await this.take(list.value)
  }

  async #add(uuid: string, name: string): Promise<void> {
    const { uri, folder, say } = this.#options
    const xml = await virsh(uri, ['dumpxml', uuid])
    // It has ended meanwhile, or the next look has it.
    if (!xml.ok) return
    const id = this.#freeName(name, uuid)
    const read = readDomainXml(xml.value)
    const path = (channel: string): string => join(folder, `${id}.${channel}`)
    const proxy = keepProxy([this.#proxy, '-c', uri, uuid, path('qmp')], name, say)
    const lines = read.lines.flatMap((line) =>
      line.kind === 'pty' ? [joinPty(line.path, path(`serial${line.port}`), say)] : [],
    )
    const agent = read.hasAgent
      ? serveAgent(path('qga'), (request) =>
          virsh(uri, ['qemu-agent-command', uuid, '--timeout', String(agentSeconds), request]),
        )
      : undefined
    this.#domains.set(uuid, {
      machine: {
        name: id,
        group: 'libvirt',
        owner: 'libvirt',
        ...(id === name ? {} : { note: `The domain “${name.slice(0, 100)}”.` }),
        channels: channelsOf(read, path),
      },
      async stop() {
        for (const line of lines) line.stop()
        agent?.stop()
        await proxy.stop()
        rmSync(path('qmp'), { force: true })
      },
    })
  }

  /** A name that can stand in a token: a domain may be called almost anything. */
  #freeName(name: string, uuid: string): string {
    const plain = name
      .replace(/[^A-Za-z0-9._-]/g, '-')
      .replace(/^[.-]+/, '')
      .slice(0, 60)
    const taken = [...this.#domains.values()].some(({ machine }) => machine.name === plain)
    return plain === '' || taken ? `${plain === '' ? 'domain' : plain}-${uuid.slice(0, 8)}` : plain
  }
}

function channelsOf(read: DomainChannels, path: (channel: string) => string): readonly AttachedChannel[] {
  return [
    { name: 'qmp', target: { path: path('qmp') } },
    ...read.lines.map((line) => {
      const name = `serial${line.port}`
      // What a pseudo terminal prints goes to one of its readers: `virsh console` is another.
      return line.kind === 'pty'
        ? { name, target: { path: path(name) }, isReadByOthers: true as const }
        : { name, target: { path: line.path } }
    }),
    ...read.screens.map((target, index) => ({ name: index === 0 ? 'vnc' : `vnc${index}`, target })),
    ...(read.hasAgent ? [{ name: 'qga', target: { path: path('qga') } }] : []),
  ]
}

/** Run the proxy of a domain, and again where it ends. */
function keepProxy(
  args: readonly string[],
  name: string,
  say: (words: string) => void,
): { stop(): Promise<void> } {
  let child: Child | undefined
  let said = ''
  const stopping = new AbortController()
  const isStopping = (): boolean => stopping.signal.aborted
  const kept = (async () => {
    while (!isStopping()) {
      child = await startChild(python, args).catch(() => undefined)
      // Asked to end while it was being started.
      if (isStopping()) await child?.stop()
      await child?.over
      const words = child?.words() ?? `${python} could not be started.`
      if (!isStopping() && words !== said)
        say(`libvirt’s proxy for ${name} ended and is started again: ${words}`)
      said = words
      await new Promise<void>((done) => {
        const timer = setTimeout(done, isStopping() ? 0 : restartMs)
        stopping.signal.addEventListener('abort', () => {
          clearTimeout(timer)
          done()
        })
      })
    }
  })()
  return {
    async stop() {
      stopping.abort()
      await child?.stop()
      await kept
    },
  }
}

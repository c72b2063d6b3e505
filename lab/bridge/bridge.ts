/**
 * websockify, as the bridge and the web server of the page, with the plug-in lab/serve/qmp_studio_bridge.py.
 * @adr 0063
 */
import { connect, createServer } from 'node:net'
import { hostname, networkInterfaces } from 'node:os'
import { join } from 'node:path'
import { err, ok } from '#base/result.ts'
import type { Result } from '#base/result.ts'
import { findProgram } from '../packages.ts'
import { root } from '../paths.ts'
import { startChild, waitFor } from '../processes.ts'
import type { Child } from '../processes.ts'
import { clearSocket } from '../serve/unix-socket.ts'
import type { Certificate } from '../serve/serve-options.ts'
import { withoutTokens } from './tokens.ts'

/** What a bridge serves and where. */
export interface BridgeOptions {
  /** The folder that is served as the page. */
  readonly web: string
  /** The file of the tokens, as lab/bridge/tokens.ts writes it. */
  readonly tokens: string
  /** The key that the tokens begin with: it is left out of what websockify says. */
  readonly key: string
  /** The key for watching, where there is one: left out in the same way. */
  readonly watchKey?: string | undefined
  readonly listen: string
  readonly port: number
  /** Origins, beside its own, from which a page may use it. */
  readonly origins?: readonly string[]
  /** Encrypt with this, and refuse what is not encrypted. */
  readonly certificate?: Certificate
  /** A unix socket to listen on, in place of address and port. */
  readonly unix?: string
  /** The folder of a gate's sockets at which the bridge says who its clients are, before their bytes. */
  readonly gate?: string | undefined
}

const upMs = 10_000

/** An origin or the beginning of an address; an IPv6 address in brackets, as URLs want it. */
function originOf(host: string, port: number, scheme = 'http'): string {
  return `${scheme}://${host.includes(':') ? `[${host}]` : host}:${port}`
}

/** Every address of this machine, where one listens on all of them. */
function isWildcard(listen: string): boolean {
  return listen === '0.0.0.0' || listen === '::'
}

/** The address of the page, for a browser on this machine. */
export function urlOf(listen: string, port: number, scheme: 'http' | 'https' = 'http'): string {
  return `${originOf(isWildcard(listen) ? '127.0.0.1' : listen, port, scheme)}/`
}

/**
 * An address of the page with the key in it, as it is printed for people. The key is in the fragment, which a browser
 * sends to nobody; a place of the page may follow it.
 */
export function addressOf(url: string, key: string, place = ''): string {
  return `${url}#key=${key}${place}`
}

/** The origins under which the page of a bridge is opened: by any of its own names, and by no other. */
export function originsOf(listen: string, port: number, scheme: 'http' | 'https' = 'http'): string[] {
  const hosts = new Set(['127.0.0.1', 'localhost'])
  if (isWildcard(listen)) {
    hosts.add(hostname().toLowerCase())
    // Browsers open no page at a link-local address with a zone.
    for (const each of Object.values(networkInterfaces()).flat()) {
      if (each !== undefined && !each.address.startsWith('fe80:')) hosts.add(each.address)
    }
  } else hosts.add(listen)
  return [...hosts].map((host) => originOf(host, port, scheme))
}

/** Whether an address is reached from this machine only. */
export function isLoopback(address: string): boolean {
  return /^127\.|^::1$|^localhost$/.test(address)
}

/** Whether a port can be listened on. */
export function isPortFree(listen: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer()
    server.once('error', () => resolve(false))
    server.listen(port, listen, () => server.close(() => resolve(true)))
  })
}

/** Start websockify and wait until it takes connections. The failure is a sentence. */
export async function startBridge(options: BridgeOptions): Promise<Result<Child, string>> {
  const program = findProgram('websockify')
  if (program === undefined) return err('websockify is not installed. (Debian: websockify)')
  const { certificate, unix } = options
  if (unix !== undefined) clearSocket(unix)
  else if (!(await isPortFree(options.listen, options.port))) {
    return err(`Port ${options.port} on ${options.listen} is in use. Choose another with --port N.`)
  }
  const scheme = certificate === undefined ? 'http' : 'https'
  // At a unix socket the plug-in knows the page by the address that it came for.
  const own = unix === undefined ? originsOf(options.listen, options.port, scheme) : []
  const child = await startChild(
    program,
    [
      ...['--web', options.web],
      ...['--token-plugin', 'TokenFile', '--token-source', options.tokens],
      ...['--auth-plugin', 'qmp_studio_bridge.Guard'],
      ...['--auth-source', [...own, ...(options.origins ?? [])].join(' ')],
      ...(certificate === undefined
        ? []
        : ['--cert', certificate.cert, '--key', certificate.key, '--ssl-only', '--ssl-version', 'tlsv1_2']),
      unix === undefined ? `${options.listen}:${options.port}` : 'unix:1',
    ],
    {
      filter: withoutTokens(options.key, options.watchKey),
      env: {
        // The file is UTF-8 in whatever language the terminal is set to.
        PYTHONUTF8: '1',
        PYTHONPATH: join(root, 'lab', 'serve'),
        PYTHONDONTWRITEBYTECODE: '1',
        QMP_STUDIO_UNIX: unix ?? '',
        QMP_STUDIO_GATE: options.gate === undefined ? '' : join(options.gate, '/'),
      },
    },
  )
  const up = await waitFor(upMs, async () => {
    if (child.isOver()) return 'died'
    return (await accepts(options)) ? 'up' : undefined
  })
  if (up === 'up') return ok(child)
  await child.kill()
  const where = unix ?? `${options.listen}:${options.port}`
  return err(`websockify did not start on ${where}. It said: ${child.words()}`)
}

function accepts({ listen, port, unix }: BridgeOptions): Promise<boolean> {
  return new Promise((resolve) => {
    const host = listen === '::' ? '::1' : isWildcard(listen) ? '127.0.0.1' : listen
    const socket = connect(unix === undefined ? { host, port } : { path: unix }, () => {
      socket.destroy()
      resolve(true)
    })
    socket.once('error', () => resolve(false))
  })
}

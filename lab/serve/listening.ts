/**
 * Where a lab listens, and whether it may: what is refused is refused before anything is started.
 * Tested by lab/serve/serve.real.test.ts.
 */
import { accessSync, constants, lstatSync, statSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { err, ok } from '#base/result.ts'
import type { Result } from '#base/result.ts'
import { listeningPaths } from '../bridge/lab-list.ts'
import { isLoopback, isPortFree } from '../bridge/bridge.ts'
import type { StartOptions } from '../options.ts'
import type { Certificate, ServeOptions } from './serve-options.ts'

/** Rights of everybody who is neither the owner nor in the group. */
const strangersRights = 0o007
/** The kernel's limit on the path of a unix socket, in bytes, without the end of the text. */
const longestPath = 107

/**
 * Whether the lab may listen as asked, with the certificate that it then has; the paths become absolute. The failure is a
 * sentence.
 */
export function mayListen(serve: ServeOptions, listen: string): Result<Certificate | undefined, string> {
  if (serve.unix !== undefined) {
    if (serve.cert !== undefined || serve.certKey !== undefined)
      return err('--unix listens on no network: it takes no certificate.')
    const wrong = whyNoSocket(serve.unix)
    return wrong === undefined ? ok(undefined) : err(wrong)
  }
  if (serve.certKey !== undefined && serve.cert === undefined)
    return err(
      '--key is the private key of a certificate: --cert FILE is missing. (A key of the lab: --key-file.)',
    )
  if (serve.cert !== undefined) return certificateIn(serve.cert, serve.certKey)
  if (isLoopback(listen) || serve.insecure) return ok(undefined)
  return err(
    `--listen ${listen} without a certificate is refused: whoever can read along on the network gets the key, and with it ` +
      'these machines. --cert FILE --key FILE encrypts; --unix FILE with ssh needs no certificate; --insecure does it all the same.',
  )
}

function certificateIn(cert: string, key: string | undefined): Result<Certificate, string> {
  const paths = { cert: resolve(cert), key: resolve(key ?? cert) }
  for (const path of new Set(Object.values(paths))) {
    try {
      accessSync(path, constants.R_OK)
    } catch {
      return err(`${path} cannot be read: --cert and --key name PEM files.`)
    }
  }
  if ((statSync(paths.key).mode & strangersRights) !== 0)
    return err(
      `Everybody on this host can read ${paths.key}, a private key. To mend it: chmod o= ${paths.key}`,
    )
  return ok(paths)
}

function whyNoSocket(path: string): string | undefined {
  const file = resolve(path)
  if (Buffer.byteLength(file) > longestPath)
    return `--unix ${file}: a unix socket's path has at most ${longestPath} bytes.`
  const folder = statSync(dirname(file), { throwIfNoEntry: false })
  if (folder?.isDirectory() !== true) return `--unix ${file}: there is no folder ${dirname(file)}.`
  // Where others may rename files, they may put a socket of theirs in its place; a sticky folder such as /tmp is safe.
  if ((folder.mode & 0o022) !== 0 && (folder.mode & 0o1000) === 0)
    return `--unix ${file}: others can write into ${dirname(file)}, and could put a socket of theirs there.`
  const there = lstatSync(file, { throwIfNoEntry: false })
  if (there === undefined) return undefined
  if (!there.isSocket()) return `--unix ${file}: there is a file of that name, which is no socket.`
  return listeningPaths()?.has(file) === true ? `--unix ${file}: somebody listens there already.` : undefined
}

/** Where a bridge listens: at the port, or at the unix socket where there is one. */
export interface Place {
  readonly port: number
  readonly unix?: string
  readonly certificate?: Certificate
}

/** Where a lab with these options listens. What its user should know of that is said; the failure is a sentence. */
export async function findPlace(
  options: StartOptions,
  say: (words: string) => void,
): Promise<Result<Place, string>> {
  const { listen, serve } = options
  const allowed = mayListen(serve, listen)
  if (!allowed.ok) return allowed
  if (serve.unix !== undefined) return ok({ port: options.port, unix: resolve(serve.unix) })
  const port = await choosePort(options, say)
  if (!port.ok) return port
  const certificate = allowed.value
  if (!isLoopback(listen)) {
    say(
      `Listening on ${listen}: whoever reaches port ${port.value} and has the key controls these machines.` +
        (certificate === undefined
          ? ' Nothing is encrypted on the way there: who can read along gets the key, too.'
          : ''),
    )
  }
  return ok({ port: port.value, ...(certificate === undefined ? {} : { certificate }) })
}

/** The port that was named, or the first free one from the usual on. */
async function choosePort(
  options: StartOptions,
  say: (words: string) => void,
): Promise<Result<number, string>> {
  if (await isPortFree(options.listen, options.port)) return ok(options.port)
  if (options.portNamed) {
    return err(
      `Port ${options.port} on ${options.listen} is in use. Choose another with --port N, or end what uses it.`,
    )
  }
  for (let port = options.port + 1; port <= options.port + 20; port += 1) {
    if (await isPortFree(options.listen, port)) {
      say(`Port ${options.port} is in use: taking ${port}.`)
      return ok(port)
    }
  }
  return err(`The ports ${options.port} to ${options.port + 20} are all in use. Choose one with --port N.`)
}

/** The options of `npm start` on who reaches the page and its bridge, and how. */
import { err, ok } from '#base/result.ts'
import type { Result } from '#base/result.ts'

/** Another host whose list of machines the page may show. */
export interface OtherHost {
  /** What people call it. */
  readonly name: string
  /** The address of the folder that has its `lab.json`, ending with `/`. */
  readonly url: string
}

/** A certificate and its private key, as websockify takes them: paths of PEM files. */
export interface Certificate {
  readonly cert: string
  /** The same file where the key is in it. */
  readonly key: string
}

/** What was asked for. */
export interface ServeOptions {
  /** A file with a key of one's own, in place of the one that is kept. */
  readonly keyFile: string | undefined
  /** Listen beyond loopback although nothing is encrypted. */
  readonly insecure: boolean
  /** The certificate, PEM; may have its private key in it. */
  readonly cert: string | undefined
  /** The private key of the certificate, PEM. */
  readonly certKey: string | undefined
  /** A unix socket to listen on, in place of the port. */
  readonly unix: string | undefined
  /** Origins of pages elsewhere that may use the bridge. */
  readonly origins: readonly string[]
  readonly hosts: readonly OtherHost[]
}

/** What is so when nothing is asked for. */
export const plainServe: ServeOptions = {
  keyFile: undefined,
  insecure: false,
  cert: undefined,
  certKey: undefined,
  unix: undefined,
  origins: [],
  hosts: [],
}

/** The lines of `--help` on these. */
export const serveUsage = `  --key-file FILE a key of your own, which only you can read (22 or more random letters, digits, “-”, “_”)
  --cert FILE     serve https with this certificate; --key FILE is its private key where that is not in it
  --insecure      listen beyond loopback without a certificate: whoever reads along on the network gets the key
  --unix FILE     listen on a unix socket that only you can open, in place of the port (for ssh -L 6080:FILE HOST)
  --origin URL    a page elsewhere (https://lab.example) that may use this bridge; may be given several times
  --host NAME=URL another host whose machines the page can show: the address of its page; several times`

const valued = ['--key-file', '--cert', '--key', '--unix', '--origin', '--host'] as const

/** Whether an option is one of these and has a value. */
export function isServeOption(name: string): boolean {
  return (valued as readonly string[]).includes(name)
}

/** Hosts that a page can show: each is asked again and again. */
const mostHosts = 50

/** Take over one option and its value. The failure is a sentence. */
export function readServeOption(
  before: ServeOptions,
  name: string,
  value: string,
): Result<ServeOptions, string> {
  switch (name as (typeof valued)[number]) {
    case '--key-file':
      return ok({ ...before, keyFile: value })
    case '--cert':
      return ok({ ...before, cert: value })
    case '--key':
      return ok({ ...before, certKey: value })
    case '--unix':
      return ok({ ...before, unix: value })
    case '--origin': {
      const origin = originIn(value)
      return origin.ok ? ok({ ...before, origins: [...before.origins, origin.value] }) : origin
    }
    case '--host': {
      const host = readHost(value)
      if (!host.ok) return host
      if (before.hosts.length >= mostHosts) return err(`--host: ${mostHosts} hosts are the most.`)
      if (before.hosts.some((each) => each.name === host.value.name))
        return err(`--host ${value}: there is a ${host.value.name} already.`)
      return ok({ ...before, hosts: [...before.hosts, host.value] })
    }
  }
}

/** The origin that a person means, with or without a path after it. */
function originIn(value: string): Result<string, string> {
  const wrong = `--origin ${value}: an origin is written like https://lab.example or http://127.0.0.1:8080.`
  // websockify takes a list with blanks between.
  if (/\s/.test(value) || !URL.canParse(value)) return err(wrong)
  const url = new URL(value)
  return isWeb(url) && url.pathname === '/' && url.search === '' && url.hash === ''
    ? ok(url.origin)
    : err(wrong)
}

function readHost(value: string): Result<OtherHost, string> {
  const wrong = `--host ${value}: write NAME=ADDRESS, such as hostB=https://b.example:6080/ or hostB=/hostB/.`
  const at = value.indexOf('=')
  const [name, address] = [value.slice(0, Math.max(0, at)), value.slice(at + 1)]
  if (!/^[A-Za-z0-9_][A-Za-z0-9._-]{0,63}$/.test(name)) return err(wrong)
  // A path is one at the address of the page, wherever that is.
  const isPath = /^\/(?!\/)/.test(address)
  if (!URL.canParse(address, isPath ? 'http://page.invalid/' : undefined)) return err(wrong)
  const url = new URL(address, isPath ? 'http://page.invalid/' : undefined)
  if (!isWeb(url)) return err(wrong)
  // A person may paste the address that the other lab has printed: the key in it goes into no file.
  if (url.hash !== '' || url.search !== '' || url.username !== '' || url.password !== '') {
    return err(`--host ${name}=…: the address of the page alone, without what follows “?” or “#”.`)
  }
  const path = url.pathname.endsWith('/') ? url.pathname : `${url.pathname}/`
  return ok({ name, url: isPath ? path : `${url.origin}${path}` })
}

function isWeb(url: URL): boolean {
  return url.protocol === 'http:' || url.protocol === 'https:'
}

/**
 * What the XML of a running domain says of its channels: serial lines and screens. A small reader of the few elements that
 * matter; anything else is passed over.
 * Tested by lab/attach/libvirt/domain-xml.test.ts.
 */
import type { SocketTarget } from '../../bridge/lab-list.ts'

/** A serial line of a domain. */
export type DomainLine =
  | { readonly kind: 'unix'; readonly path: string; readonly port: number }
  | { readonly kind: 'pty'; readonly path: string; readonly port: number }

/** What of a domain becomes channels. */
export interface DomainChannels {
  readonly lines: readonly DomainLine[]
  /** Screens by VNC. */
  readonly screens: readonly SocketTarget[]
  /** It has a channel for a guest agent. */
  readonly hasAgent: boolean
}

/** The largest XML that is read, in characters. A large domain has a hundredth of it. */
const mostCharacters = 4_000_000

/** Read the text that `virsh dumpxml` prints. */
export function readDomainXml(xml: string): DomainChannels {
  const text = xml.slice(0, mostCharacters)
  return {
    lines: elements(text, 'serial').flatMap((element, index) => readLine(element, index) ?? []),
    screens: elements(text, 'graphics').flatMap((element) => readScreen(element) ?? []),
    hasAgent: elements(text, 'channel').some((element) => element.includes('org.qemu.guest_agent.')),
  }
}

/** The elements of a name, from their `<` to the end of their closing tag; libvirt nests none of these in its own kind. */
function elements(xml: string, name: string): string[] {
  const found: string[] = []
  for (const piece of xml.split(`<${name} `).slice(1)) {
    const tagEnd = piece.indexOf('>')
    if (tagEnd < 0) continue
    const end = piece[tagEnd - 1] === '/' ? tagEnd : piece.indexOf(`</${name}>`)
    found.push(piece.slice(0, end < 0 ? tagEnd : end))
  }
  return found
}

function readLine(element: string, index: number): DomainLine | undefined {
  const type = attribute(element, 'type')
  const path = attribute(elements(element, 'source')[0] ?? '', 'path')
  const port = Number(attribute(elements(element, 'target')[0] ?? '', 'port') ?? index)
  if (path === undefined || !Number.isInteger(port)) return undefined
  if (type === 'pty') return { kind: 'pty', path, port }
  return type === 'unix' ? { kind: 'unix', path, port } : undefined
}

function readScreen(element: string): SocketTarget | undefined {
  if (attribute(element, 'type') !== 'vnc') return undefined
  const path = attribute(element, 'socket')
  if (path !== undefined) return { path }
  const port = Number(attribute(element, 'port'))
  if (!Number.isInteger(port) || port < 1 || port > 65_535) return undefined
  const listen = attribute(element, 'listen') ?? '127.0.0.1'
  return { host: listen === '0.0.0.0' ? '127.0.0.1' : listen === '::' ? '::1' : listen, port }
}

/** An attribute of the first tag in a text. */
function attribute(element: string, name: string): string | undefined {
  const tag = element.slice(0, element.indexOf('>') < 0 ? undefined : element.indexOf('>'))
  const value = new RegExp(`(?:^|\\s)${name}=(?:'([^']*)'|"([^"]*)")`).exec(tag)
  const text = value?.[1] ?? value?.[2]
  return text === undefined
    ? undefined
    : text
        .replaceAll('&lt;', '<')
        .replaceAll('&gt;', '>')
        .replaceAll('&apos;', "'")
        .replaceAll('&quot;', '"')
        .replaceAll('&amp;', '&')
}

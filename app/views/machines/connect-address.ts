/** Reads an address of a bridge as a person types it. */
import { err, ok } from '#base/result.ts'
import type { Result } from '#base/result.ts'
import { hiddenPart, publicToken } from '#base/bridge-token.ts'

/** An address that can be tried. */
export interface BridgeAddress {
  readonly url: string
  /** The default name: the token where it is no secret, else the host. Names are in links and files. */
  readonly name: string
}

const example = 'ws://127.0.0.1:6080/?token=lab1.qmp'

/**
 * Read an address. `pageProtocol` is the page's own (`https:`): it decides what the browser allows. The failure is a
 * sentence with what to write instead.
 */
export function readAddress(text: string, pageProtocol: string): Result<BridgeAddress, string> {
  const typed = text.trim()
  let url: URL
  try {
    url = new URL(typed)
  } catch {
    return err(
      typed === '' ? `Type an address such as ${example}` : `That is no address: write it like ${example}`,
    )
  }
  if (url.protocol !== 'ws:' && url.protocol !== 'wss:') {
    return err(`It begins with ${url.protocol}// and a bridge is reached by ws:// or wss://`)
  }
  if (url.hash !== '') return err('It has a “#” in it: an address of a bridge ends before that.')
  if (pageProtocol === 'https:' && url.protocol === 'ws:' && !isLoopback(url.hostname)) {
    return err('This page came by https, so the browser opens only wss:// addresses of other hosts.')
  }
  const token = publicToken(url.searchParams.get('token') ?? '')
  return ok({ url: url.href, name: token === hiddenPart ? url.host : token })
}

/** Browsers trust the local machine without encryption. */
function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '[::1]' || /^127\.\d+\.\d+\.\d+$/.test(host)
}

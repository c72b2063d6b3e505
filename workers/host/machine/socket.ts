/**
 * The only WebSocket. Opens one connection to a bridge, hands on its bytes, and says in protocol terms how it ended.
 * Tested by workers/host/machine/host.test.ts.
 * @adr 0007
 */
import type { LossReason, NotOpenedDetail } from '#qmp/connection.ts'
import { now } from './clock.ts'
import { createInbox } from './inbox.ts'
import { keyOfToken } from '#base/bridge-token.ts'
import { sha256 } from '#base/sha256.ts'

/** What a connection tells its holder. `lost` comes exactly once, unless `close` was called first. */
export interface SocketSink {
  opened(): void
  /** Bytes that arrived at `at`, milliseconds since the epoch. */
  bytes(chunk: Uint8Array, at: number): void
  lost(reason: LossReason): void
}

/** An open or opening connection. */
export interface Socket {
  send(bytes: Uint8Array<ArrayBuffer>): void
  /** Close it. Nothing is told to the sink any more. */
  close(): void
}

/** How long a connection may take to open, in milliseconds. */
const openMs = 10_000
/** How long the bridge may take to say what it lists, in milliseconds. */
const askBridgeMs = 2000

/** An address as it can be opened, or a sentence that says what is wrong with it. */
export function checkAddress(text: string): { readonly url: URL } | { readonly why: string } {
  let url: URL
  try {
    url = new URL(text)
  } catch {
    return { why: 'It is no address: write it like ws://127.0.0.1:6080/?token=lab1.qmp' }
  }
  if (url.protocol !== 'ws:' && url.protocol !== 'wss:') {
    return { why: `It begins with ${url.protocol}// and a bridge is reached by ws:// or wss://` }
  }
  if (url.hash !== '')
    return { why: 'It has a fragment (what follows a “#”), which a WebSocket address cannot have' }
  return { url }
}

/** Open a connection to a checked address. `shown` is the same without secrets, for messages. */
export function openSocket(url: URL, shown: string, sink: SocketSink): Socket {
  let over = false
  const isOver = (): boolean => over
  let wasOpen = false
  let gotBytes = false
  // websockify 0.10 speaks the subprotocol `binary` or none; none is what every other bridge speaks too.
  const socket = new WebSocket(url)
  socket.binaryType = 'arraybuffer'
  const turn = new MessageChannel()
  let read: () => void = () => undefined
  turn.port1.onmessage = () => read()
  const inbox = createInbox(
    (chunk, at) => sink.bytes(chunk, at),
    (run) => {
      read = run
      // As soon as the thread is free; a timer would wait for longer.
      turn.port2.postMessage(0)
    },
  )
  const openTimer = setTimeout(() => {
    if (!wasOpen) socket.close()
  }, openMs)
  socket.addEventListener('open', () => {
    clearTimeout(openTimer)
    wasOpen = true
    if (!over) sink.opened()
  })
  socket.addEventListener('message', (event: MessageEvent<unknown>) => {
    if (over) return
    gotBytes = true
    const { data } = event
    if (data instanceof ArrayBuffer) inbox.add(new Uint8Array(data), now())
    else if (typeof data === 'string') inbox.add(new TextEncoder().encode(data), now())
  })
  socket.addEventListener('close', (event) => {
    clearTimeout(openTimer)
    if (over) return
    // What came before the end is read before it is told.
    inbox.flush()
    turn.port1.close()
    // Whoever read it may have closed it.
    if (isOver()) return
    over = true
    if (wasOpen) {
      sink.lost(
        event.code === 1011
          ? { kind: 'target-refused', url: shown }
          : { kind: 'closed', code: event.code, reason: event.reason, beforeGreeting: !gotBytes },
      )
    } else {
      void whyNotOpened(url).then((detail) => sink.lost({ kind: 'not-opened', url: shown, detail }))
    }
  })
  return {
    send(bytes) {
      if (socket.readyState === WebSocket.OPEN) socket.send(bytes)
    },
    close() {
      over = true
      clearTimeout(openTimer)
      inbox.clear()
      turn.port1.close()
      socket.close(1000, 'done')
    },
  }
}

/**
 * The browser does not say why a WebSocket never opened. Where the bridge also serves this page it can be asked:
 * it either is down, or wants another key, or does not list the machine, or lists it and refused all the same.
 */
async function whyNotOpened(url: URL): Promise<NotOpenedDetail> {
  if (url.host !== location.host) return 'no-answer'
  const list = new URL('./lab.json', url)
  list.protocol = url.protocol === 'wss:' ? 'https:' : 'http:'
  list.search = ''
  let response: Response
  try {
    response = await fetch(list, { cache: 'no-store', signal: AbortSignal.timeout(askBridgeMs) })
  } catch {
    return 'bridge-down'
  }
  if (!response.ok) return 'refused'
  let listed: unknown
  try {
    listed = await response.json()
  } catch {
    return 'refused'
  }
  const token = url.searchParams.get('token') ?? ''
  const wanted = keyHashOf(listed)
  const key = wanted === undefined ? undefined : keyOfToken(token)
  if (wanted !== undefined && (await isOtherKey(key ?? '', wanted))) return 'wrong-key'
  const channel = key === undefined ? token : token.slice(key.length + 1)
  return tokensOf(listed).includes(channel) ? 'refused' : 'unknown-token'
}

function keyHashOf(listed: unknown): string | undefined {
  if (typeof listed !== 'object' || listed === null || !('keySha256' in listed)) return undefined
  return typeof listed.keySha256 === 'string' ? listed.keySha256.toLowerCase() : undefined
}

/** False also where the browser cannot tell: by plain HTTP from another host it makes no hashes. */
async function isOtherKey(key: string, wanted: string): Promise<boolean> {
  const hash = await sha256(key)
  return key === '' || (hash !== undefined && hash !== wanted)
}

/** The tokens of a `lab.json`: of its channels (version 2), or NAME.CHANNEL for each channel of each machine (version 1). */
function tokensOf(listed: unknown): string[] {
  if (typeof listed !== 'object' || listed === null || !('machines' in listed)) return []
  if (!Array.isArray(listed.machines)) return []
  return listed.machines.flatMap((machine: unknown) => {
    if (typeof machine !== 'object' || machine === null) return []
    if (!('name' in machine) || !('channels' in machine) || !Array.isArray(machine.channels)) return []
    const { name, channels } = machine
    return channels.map((channel: unknown) =>
      typeof channel === 'object' && channel !== null && 'token' in channel
        ? String(channel.token)
        : `${String(name)}.${String(channel)}`,
    )
  })
}

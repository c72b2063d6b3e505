/**
 * All objects of a machine with all their values, read by the built page, against a Node client that asks the same with 8
 * questions in flight through the same websockify. Each has a QEMU of its own with the devices of the demo machine; by turns.
 */
import { WebSocket } from 'ws'
import { startQemu } from '../testing.ts'
import { benchmark } from './measure.ts'
import type { Benchmark, Later } from './measure.ts'
import { openStage } from './parts/browser.ts'
import type { Stage } from './parts/browser.ts'

/** Questions that wait for their answers at once, in both. */
const inFlight = 8

/** The devices of the demo machine, without its guest. */
const devices = [
  ...['-device', 'virtio-serial-pci,id=vserial0'],
  ...['-blockdev', 'driver=null-co,node-name=disk0', '-device', 'virtio-blk-pci,id=vblk0,drive=disk0'],
  ...['-blockdev', 'driver=null-co,node-name=disk1', '-device', 'virtio-blk-pci,id=vblk1,drive=disk1'],
  ...['-netdev', 'user,id=net0,restrict=on', '-device', 'virtio-net-pci,id=nic0,netdev=net0'],
  ...['-device', 'qemu-xhci,id=usb0', '-device', 'usb-tablet,id=tablet0,bus=usb0.0'],
  ...[1, 2, 3, 4].flatMap((n) => ['-device', `pcie-root-port,id=rp${n},chassis=${n},slot=${n}`]),
]

interface Listed {
  readonly name: string
  readonly type: string
}

interface NodeClient {
  /** Read everything; milliseconds. */
  readonly round: () => Promise<number>
  readonly close: () => void
}

async function nodeClient(url: string, origin: string): Promise<NodeClient> {
  const socket = new WebSocket(url, { headers: { origin } })
  const waiting = new Map<number, (reply: unknown) => void>()
  let text = ''
  let ids = 0
  socket.on('message', (data: Buffer) => {
    text += data.toString('utf8')
    for (let end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n')) {
      const reply = JSON.parse(text.slice(0, end)) as { readonly id?: number; readonly return?: unknown }
      text = text.slice(end + 1)
      if (reply.id === undefined) continue
      waiting.get(reply.id)?.(reply.return)
      waiting.delete(reply.id)
    }
  })
  await new Promise((resolve, reject) => {
    socket.once('open', resolve)
    socket.once('error', reject)
  })
  const ask = (execute: string, args: object): Promise<unknown> =>
    new Promise((resolve) => {
      ids += 1
      waiting.set(ids, resolve)
      socket.send(Buffer.from(`${JSON.stringify({ execute, arguments: args, id: ids })}\r\n`))
    })
  const all = async <Item>(items: readonly Item[], work: (item: Item) => Promise<void>): Promise<void> => {
    let next = 0
    const runner = async (): Promise<void> => {
      for (let item = items[next++]; item !== undefined; item = items[next++]) await work(item)
    }
    await Promise.all(Array.from({ length: inFlight }, runner))
  }
  await ask('qmp_capabilities', {})
  return {
    async round() {
      const start = performance.now()
      const properties: (readonly [path: string, property: string])[] = []
      for (let level: readonly string[] = ['/']; level.length > 0;) {
        const below: string[] = []
        await all(level, async (path) => {
          for (const { name, type } of (await ask('qom-list', { path })) as readonly Listed[]) {
            if (type.startsWith('child<')) below.push(`${path === '/' ? '' : path}/${name}`)
            else properties.push([path, name])
          }
        })
        level = below
      }
      await all(properties, async ([path, property]) => {
        await ask('qom-get', { path, property })
      })
      return performance.now() - start
    },
    close: () => socket.close(1000),
  }
}

/** Runs in the page: press the button and wait for the words of the end; milliseconds. */
async function readWhole(): Promise<number> {
  const named = (words: string): HTMLElement | undefined =>
    [...document.querySelectorAll<HTMLElement>('.part button')].find(
      (each) => each.textContent.trim() === words,
    )
  const button = named('…with values')
  if (button === undefined) throw new Error('there is no button that reads all values')
  const start = performance.now()
  button.click()
  // The button is away while it is being read.
  const until = async (isDone: () => boolean): Promise<void> => {
    while (!isDone()) {
      if (performance.now() - start > 60_000) throw new Error('the tree was not read within a minute')
      await new Promise((resolve) => setTimeout(resolve, 2))
    }
  }
  await until(() => named('Stop') !== undefined)
  await until(() => named('Stop') === undefined)
  return performance.now() - start
}

interface Given extends Stage {
  readonly node: NodeClient
}

async function open(later: Later): Promise<Given> {
  const stage = await openStage(later)
  const { lab, app } = stage
  await Promise.all(['page', 'node'].map((name) => startQemu(lab.sockets, name, { args: devices })))
  const node = await nodeClient(lab.channel('node.qmp'), lab.url.replace(/\/$/, ''))
  later(() => node.close())
  await app.open(lab.address('/machine/page/inspect/objects'), '[role="treeitem"]')
  await app.quiet()
  return { ...stage, node }
}

/** The object tree. */
export const benchmarks: readonly Benchmark[] = [
  benchmark('objects', {
    open,
    figures: [
      {
        name: 'whole object tree with values',
        unit: 'times a Node client with 8 questions in flight',
        goal: '<= 1.5',
        rounds: 5,
        baseline: ({ node }) => node.round(),
        work: ({ app }) => app.page.evaluate(readWhole),
      },
    ],
  }),
]

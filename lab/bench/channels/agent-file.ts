/**
 * A file of a guest, downloaded by the built page through websockify and a real guest agent. Against a Node client through the
 * same websockify, which asks an agent of its own for the same pieces.
 */
import { createHash, randomBytes } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { WebSocket } from 'ws'
import { pieceBytes } from '#views/guest/files/guest-file.ts'
import { startChild, waitFor } from '../../processes.ts'
import { startGuestAgent, startQemu } from '../../testing.ts'
import { benchmark } from '../measure.ts'
import type { Benchmark, Later } from '../measure.ts'
import { openStage } from '../parts/browser.ts'
import type { Stage } from '../parts/browser.ts'

const fileBytes = 20_000_000

interface AgentFile {
  readonly path: string
  readonly sha256: string
}

/** A client that does no more than it must: one command at a time, the reply is the next line. */
interface AgentClient {
  /** Read a file: milliseconds. */
  read(file: AgentFile): Promise<number>
  close(): void
}

async function agentClient(url: string, origin: string): Promise<AgentClient> {
  const socket = new WebSocket(url, { headers: { origin } })
  let parts: Buffer[] = []
  let wake: (line: string) => void = () => undefined
  socket.on('message', (data: Buffer) => {
    parts.push(data)
    if (data.at(-1) !== 10) return
    const line = Buffer.concat(parts).toString('utf8')
    parts = []
    wake(line)
  })
  await new Promise((resolve, reject) => {
    socket.once('open', resolve)
    socket.once('error', reject)
  })
  const call = async (execute: string, args: object): Promise<unknown> => {
    const reply = new Promise<string>((resolve) => (wake = resolve))
    socket.send(Buffer.from(`${JSON.stringify({ execute, arguments: args })}\n`))
    const { return: value } = JSON.parse(await reply) as { readonly return?: unknown }
    if (value === undefined) throw new Error(`${execute} failed`)
    return value
  }
  return {
    async read({ path, sha256 }) {
      const begin = performance.now()
      const handle = await call('guest-file-open', { path, mode: 'r' })
      const pieces: Buffer[] = []
      for (let isEnd = false; !isEnd;) {
        const piece = (await call('guest-file-read', { handle, count: pieceBytes })) as {
          readonly 'buf-b64': string
          readonly eof: boolean
        }
        pieces.push(Buffer.from(piece['buf-b64'], 'base64'))
        isEnd = piece.eof
      }
      await call('guest-file-close', { handle })
      const all = Buffer.concat(pieces)
      const ms = performance.now() - begin
      if (createHash('sha256').update(all).digest('hex') !== sha256)
        throw new Error('the client got another file')
      return ms
    },
    close: () => socket.close(1000),
  }
}

/** Runs in the page before its own scripts: keeps what is saved. */
function watchSaved(): void {
  const kept = { saved: undefined as Blob | undefined }
  Object.assign(globalThis, { kept })
  const make = URL.createObjectURL.bind(URL)
  URL.createObjectURL = (blob) => {
    if (blob instanceof Blob) kept.saved = blob
    return make(blob)
  }
}

/** Runs in the page: press “Download” and agree; milliseconds from then until it says that it is downloaded, and the hash. */
async function download(): Promise<readonly [ms: number, sha256: string]> {
  const { kept } = globalThis as unknown as { kept: { saved: Blob | undefined } }
  kept.saved = undefined
  const buttonOf = (name: string): HTMLElement | undefined =>
    [...document.querySelectorAll('button')].find((each) => each.textContent.trim() === name)
  const until = async <Found>(find: () => Found | undefined): Promise<Found> => {
    for (;;) {
      const found = find()
      if (found !== undefined) return found
      await new Promise((resolve) => setTimeout(resolve, 2))
    }
  }
  buttonOf('Download')?.click()
  const agree = await until(() => buttonOf('Run guest-file-open'))
  const begin = performance.now()
  agree.click()
  const saved = await until(() => kept.saved)
  const ms = performance.now() - begin
  const hash = new Uint8Array(await crypto.subtle.digest('SHA-256', await saved.arrayBuffer()))
  return [ms, [...hash].map((each) => each.toString(16).padStart(2, '0')).join('')]
}

interface Given extends Stage {
  readonly client: AgentClient
  readonly file: AgentFile
}

async function open(later: Later): Promise<Given> {
  const stage = await openStage(later)
  const { lab, app } = stage
  const folder = join(lab.sockets, '..')
  const content = randomBytes(fileBytes)
  const file = { path: join(folder, 'file.bin'), sha256: createHash('sha256').update(content).digest('hex') }
  writeFileSync(file.path, content)
  await startQemu(lab.sockets, 'vm')
  await startGuestAgent(lab.sockets, 'vm')
  // Two agents of one computer need a file each for their process number.
  const socket = join(lab.sockets, 'other.qga')
  const other = await startChild('/usr/sbin/qemu-ga', [
    ...['-m', 'unix-listen', '-p', socket, '-t', folder, '-f', join(folder, 'other.pid')],
  ])
  later(() => other.stop())
  const origin = lab.url.replace(/\/$/, '')
  const client = await waitFor(20_000, () =>
    agentClient(lab.channel('other.qga'), origin).catch(() => undefined),
  )
  if (client === undefined) throw new Error('the second agent did not come up')
  later(() => client.close())
  await app.page.evaluateOnNewDocument(watchSaved)
  await app.open(lab.address('/machine/vm/guest'), 'main')
  await app.page.waitForFunction(() => document.body.textContent.includes('Path in the guest'))
  await app.quiet()
  await app.page.evaluate(() => {
    const labels = [...document.querySelectorAll('label')]
    labels
      .find((each) => each.textContent.includes('Compare SHA-256'))
      ?.querySelector('input')
      ?.click()
    const path = labels.find((each) => each.textContent.includes('Path in the guest'))
    path?.focus()
    document.getElementById(path?.htmlFor ?? '')?.focus()
  })
  await app.page.keyboard.sendCharacter(file.path)
  return { ...stage, client, file }
}

/** The benchmark of files of a guest. */
export const benchmarks: readonly Benchmark[] = [
  benchmark('file of a guest', {
    open,
    figures: [
      {
        name: 'file downloaded from a guest',
        unit: `of the rate of a Node client, ${fileBytes / 1_000_000} MB in the same pieces`,
        goal: '>= 0.7',
        rounds: 5,
        baseline: ({ client, file }) => client.read(file),
        work: async ({ app, file }) => {
          await app.page.bringToFront()
          const [ms, sha256] = await app.page.evaluate(download)
          if (sha256 !== file.sha256) throw new Error('the page got another file')
          return ms
        },
      },
    ],
  }),
]

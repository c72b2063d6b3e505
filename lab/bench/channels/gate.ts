/**
 * What the gate costs, in a process of its own between a real websockify and the machine: a flood of events and a round
 * trip, against the same without it.
 * @adr 0061
 */
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { WebSocket } from 'ws'
import { startBridge } from '../../bridge/bridge.ts'
import { newKey } from '../../bridge/key.ts'
import { writePrivate } from '../../bridge/tokens.ts'
import { root } from '../../paths.ts'
import { startChild, waitFor } from '../../processes.ts'
import { freePort, killStartedIn, startQemu, temporaryFolder } from '../../testing.ts'
import { benchmark, interleave, median } from '../measure.ts'
import type { Benchmark, Later, Measured } from '../measure.ts'
import { startFloodServer } from '../parts/flood-server.ts'
import type { FloodServer } from '../parts/flood-server.ts'
import { nodeClient } from '../round-trip.ts'

const floodEvents = 200_000
const rounds = 30

/** A client through the bridge that stays, and the server that floods it. */
interface FloodedClient {
  /** Take a flood. Returns the milliseconds from its begin to its last byte. */
  take(): Promise<number>
}

interface Given {
  readonly flood: { readonly direct: FloodedClient; readonly gated: FloodedClient }
  readonly trip: Readonly<Record<'direct' | 'gated', Awaited<ReturnType<typeof nodeClient>>>>
}

/** One bridge, that leads to two machines and two floods: to one of each through a gate in a process of its own. */
async function open(later: Later): Promise<Given> {
  const folder = temporaryFolder()
  later(() => folder.remove())
  const [sockets, out, tokens] = ['sockets', 'out', 'tokens'].map((name) => join(folder.path, name)) as [
    string,
    string,
    string,
  ]
  mkdirSync(sockets)
  later(() => killStartedIn(sockets))
  const servers = {
    direct: await startFloodServer(join(sockets, 'flood-direct.qmp')),
    gated: await startFloodServer(join(sockets, 'flood-gated.qmp')),
  }
  for (const each of Object.values(servers)) later(() => each.stop())
  for (const name of ['direct', 'gated']) await startQemu(sockets, name)
  const gate = await startChild(process.execPath, [
    ...['--import', 'tsx', join(root, 'lab', 'cli.ts'), 'gate'],
    ...['--sockets', sockets, '--out', out, '--audit', join(folder.path, 'audit')],
  ])
  later(() => gate.stop())
  if ((await waitFor(30_000, () => (gate.words().includes('The gate is there') ? true : undefined))) !== true)
    throw new Error(`the gate did not start: ${gate.words()}`)
  const key = newKey()
  const lineFor = (name: string, place: string): string =>
    `${key}.${name}.qmp: unix_socket:${join(place, `${name}.qmp`)}\n`
  writePrivate(
    tokens,
    ['direct', 'flood-direct'].map((name) => lineFor(name, sockets)).join('') +
      ['gated', 'flood-gated'].map((name) => lineFor(name, join(out, 'full'))).join(''),
  )
  const port = await freePort()
  const bridge = await startBridge({ web: sockets, tokens, key, listen: '127.0.0.1', port })
  if (!bridge.ok) throw new Error(bridge.error)
  later(() => bridge.value.kill())
  const origin = `http://127.0.0.1:${port}`
  const address = (name: string): string => `ws://127.0.0.1:${port}/?token=${key}.${name}.qmp`
  const flooded = (name: 'direct' | 'gated'): Promise<FloodedClient> =>
    floodedClient(servers[name], address(`flood-${name}`), origin, later)
  const tripped = async (name: string): Promise<Awaited<ReturnType<typeof nodeClient>>> => {
    const client = await nodeClient(address(name), origin)
    later(() => client.close())
    return client
  }
  return {
    flood: { direct: await flooded('direct'), gated: await flooded('gated') },
    trip: { direct: await tripped('direct'), gated: await tripped('gated') },
  }
}

async function floodedClient(
  server: FloodServer,
  url: string,
  origin: string,
  later: Later,
): Promise<FloodedClient> {
  const socket = new WebSocket(url, { headers: { origin } })
  later(() => socket.terminate())
  let lines = 0
  let told: () => void = () => undefined
  socket.on('message', (bytes: Buffer) => {
    if (lines === 0) socket.send(Buffer.from('{"execute":"qmp_capabilities","id":0}\r\n'))
    for (let at = bytes.indexOf(0x0a); at >= 0; at = bytes.indexOf(0x0a, at + 1)) lines += 1
    told()
  })
  if ((await waitFor(10_000, () => (lines >= 2 ? true : undefined))) !== true)
    throw new Error('there is no monitor')
  return {
    async take() {
      const start = performance.now()
      const all = lines + floodEvents
      const taken = new Promise<void>((resolve, reject) => {
        told = () => {
          if (lines >= all) resolve()
        }
        socket.once('close', () => reject(new Error('the connection ended in the flood')))
      })
      await Promise.all([server.flood({ events: floodEvents }), taken])
      socket.removeAllListeners('close')
      return performance.now() - start
    },
  }
}

async function addedTrip({ direct, gated }: Given['trip']): Promise<Measured> {
  const pairs = await interleave(
    () => direct.round(),
    () => gated.round(),
    rounds,
  )
  const middle = (name: 'work' | 'baseline'): string => median(pairs.map((pair) => pair[name])).toFixed(3)
  return {
    value: median(pairs.map(({ work, baseline }) => (work - baseline) / baseline)),
    absolute: `${middle('work')} ms, the baseline ${middle('baseline')} ms`,
  }
}

/** The gate. */
export const benchmarks: readonly Benchmark[] = [
  benchmark('gate', {
    open,
    figures: [
      {
        name: 'gate: events through it',
        ...{ unit: 'times the speed through websockify alone', goal: '>= 0.7', rounds: 15 },
        baseline: ({ flood }) => flood.direct.take(),
        work: ({ flood }) => flood.gated.take(),
      },
      {
        name: 'gate: added to a round trip',
        unit: 'times the round trip through websockify alone',
        goal: '<= 0.6',
        measure: ({ trip }) => addedTrip(trip),
      },
    ],
  }),
]

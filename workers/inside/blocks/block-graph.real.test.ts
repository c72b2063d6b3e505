/** Random graphs in a real storage daemon: what the model draws is what x-debug-query-block-graph tells. */
import { execFileSync } from 'node:child_process'
import { copyFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { killStartedIn, startQemu, startStorageDaemon, temporaryFolder } from '#lab/testing.ts'
import { isJsonObject, objectsIn } from '#base/json/value.ts'
import type { Json, JsonObject } from '#base/json/value.ts'
import { parseJson } from '#base/json/parse.ts'
import { connectUnix } from '#qmp/testing/unix-client.ts'
import type { UnixClient } from '#qmp/testing/unix-client.ts'
import { blockGraph } from './block-graph.ts'
import type { BlockReplies } from './block-graph.ts'
import { holdersOf } from './holders.ts'
import type { BlockGraph } from './block-model.ts'

const folder = temporaryFolder()
const empty = join(folder.path, 'empty.qcow2')
let files = 0

/** A new empty image; its guest sees 1 MiB. */
function image(): string {
  files += 1
  const path = join(folder.path, `image${files}.qcow2`)
  copyFileSync(empty, path)
  return path
}

beforeAll(() => {
  execFileSync('qemu-img', ['create', '-q', '-f', 'qcow2', empty, '1M'])
})

afterAll(async () => {
  await killStartedIn(folder.path)
  folder.remove()
})

/** One thing that is added to a graph: its kind, and which of the nodes there it uses. */
interface Step {
  readonly kind: string
  readonly pick: number
  readonly other: number
}

const kinds =
  'file qcow2 qcow2 qcow2 overlay overlay overlay raw throttle copy-on-read quorum compress null nbd nbd mirror backup commit'
const anyStep: fc.Arbitrary<Step> = fc.record({
  kind: fc.constantFrom(...kinds.split(' ')),
  pick: fc.nat(1000),
  other: fc.nat(1000),
})

/** What a step sends. Some of them are refused: they are not in the graph then. */
function commandOf(
  step: Step,
  names: readonly string[],
  count: number,
): readonly [command: string, args: JsonObject] {
  const node = `n${count}`
  // Mostly the newest, so that trees get high.
  const one = names[Math.max(0, names.length - 1 - (step.pick % 5))] ?? ''
  const another = names[step.other % Math.max(1, names.length)] ?? ''
  const add = (driver: string, more: JsonObject): readonly [string, JsonObject] => [
    'blockdev-add',
    { driver, 'node-name': node, ...more },
  ]
  const job = { 'job-id': `j${count}`, speed: 1, 'auto-dismiss': false }
  switch (step.kind) {
    case 'file':
      return add('file', { filename: image() })
    case 'qcow2':
      return add('qcow2', { file: { driver: 'file', filename: image() } })
    case 'overlay':
      return add('qcow2', { file: { driver: 'file', filename: image() }, backing: one })
    case 'raw':
      return add('raw', { file: one })
    case 'throttle':
      return add('throttle', { 'throttle-group': 'group0', file: one })
    case 'quorum':
      return add('quorum', { 'vote-threshold': 1, children: [one, another] })
    case 'null':
      return add('null-co', { size: 1 << 20 })
    case 'nbd':
      return ['block-export-add', { type: 'nbd', id: `e${count}`, name: `e${count}`, 'node-name': one }]
    case 'mirror':
      return ['blockdev-mirror', { ...job, device: one, target: another, sync: 'full' }]
    case 'backup':
      return ['blockdev-backup', { ...job, device: one, target: another, sync: 'none' }]
    case 'commit':
      return ['block-commit', { ...job, device: one, 'base-node': another }]
    default:
      return add(step.kind, { file: one })
  }
}

async function valueOf(client: UnixClient, name: string, args?: JsonObject): Promise<Json> {
  const outcome = await client.run(name, args)
  if (outcome.kind !== 'returned') throw new Error(`${name}: ${JSON.stringify(outcome)}`)
  if (outcome.text === undefined) return outcome.value
  const whole = parseJson(outcome.text)
  return whole.ok && isJsonObject(whole.value) ? (whole.value.return ?? null) : null
}

/** All replies. Jobs are paused first: what they do between two queries would be seen. */
async function replies(client: UnixClient): Promise<BlockReplies> {
  const flat = { flat: true }
  return {
    graph: await valueOf(client, 'x-debug-query-block-graph'),
    nodes: await valueOf(client, 'query-named-block-nodes', flat),
    devices: await valueOf(client, 'query-block'),
    stats: await valueOf(client, 'query-blockstats'),
    nodeStats: await valueOf(client, 'query-blockstats', { 'query-nodes': true }),
    jobs: await valueOf(client, 'query-jobs'),
    blockJobs: await valueOf(client, 'query-block-jobs'),
    exports: await valueOf(client, 'query-block-exports'),
  }
}

/** A member of a reply, as it is put into a line. */
const say = (value: Json | undefined): string =>
  typeof value === 'string'
    ? value
    : Array.isArray(value)
      ? value.join()
      : typeof value === 'number'
        ? `${value}`
        : '?'

/** The truth, as lines. */
function truth(graph: Json, isShort = false): readonly string[] {
  const told = isJsonObject(graph) ? graph : {}
  const names = new Map(
    objectsIn(told.nodes).map((each) => [say(each.id), `${say(each.type)} ${say(each.name)}`]),
  )
  const ends = (edge: JsonObject): string =>
    `${names.get(say(edge.parent)) ?? '?'} -> ${names.get(say(edge.child)) ?? '?'} ${say(edge.name)}`
  return [
    ...(isShort ? [] : names.values()),
    ...objectsIn(told.edges).map((edge) =>
      isShort ? ends(edge) : `${ends(edge)} ${say(edge.perm)} ${say(edge['shared-perm'])}`,
    ),
  ].sort()
}

/** The same lines of the model. An export is a block backend without a name. */
function drawn({ parts, edges }: BlockGraph, isShort = false): readonly string[] {
  const names = new Map(
    parts.map((part) => {
      if (part.kind === 'job') return [part.id, `block-job ${part.name}`]
      if (part.kind === 'export') return [part.id, 'block-backend ']
      const isBackend = part.kind === 'backend' || part.kind === 'device'
      return [part.id, `${isBackend ? 'block-backend' : 'block-driver'} ${part.name}`]
    }),
  )
  const line = (id: string): string => names.get(id) ?? '?'
  return [
    ...(isShort ? [] : names.values()),
    ...edges.map(({ from, to, role, needs = [], shares = [] }) =>
      isShort
        ? `${line(from)} -> ${line(to)} ${role}`
        : `${line(from)} -> ${line(to)} ${role} ${String(needs)} ${String(shares)}`,
    ),
  ].sort()
}

const isBetweenNodes = (line: string): boolean => line.startsWith('block-driver')

describe('the storage daemon', () => {
  let started = 0

  test('nodes and edges of random graphs are those that it tells, with and without its graph', async () => {
    let most = 0
    const seen = new Set<string>()
    await fc.assert(
      fc.asyncProperty(fc.array(anyStep, { minLength: 25, maxLength: 60, size: 'max' }), async (steps) => {
        started += 1
        const name = `daemon${started}`
        const daemon = await startStorageDaemon(folder.path, name)
        const client = connectUnix(join(folder.path, `${name}.qmp`))
        expect(await client.reach('ready')).toBe(true)
        const socket = { type: 'unix', data: { path: join(folder.path, `${name}.nbd`) } }
        await client.run('nbd-server-start', { addr: socket })
        await client.run('object-add', { 'qom-type': 'throttle-group', id: 'group0' })
        const names: string[] = []
        for (const [count, step] of steps.entries()) {
          const [command, args] = commandOf(step, names, count)
          const outcome = await client.run(command, args)
          if (outcome.kind !== 'returned') continue
          seen.add(step.kind)
          if (command === 'blockdev-add') names.push(`n${count}`)
          else if (command !== 'block-export-add') await client.run('job-pause', { id: `j${count}` })
        }
        const all = await replies(client)
        const model = blockGraph(all)
        most = Math.max(most, model.parts.length)
        expect(model.leftOut).toEqual([])
        expect(drawn(model)).toEqual(truth(all.graph ?? null))
        // Each export is named, and stands where it says.
        for (const each of objectsIn(all.exports)) {
          expect(model.edges.some(({ from }) => from === `export:${say(each.id)}`)).toBe(true)
        }
        const without = drawn(blockGraph({ ...all, graph: undefined }), true)
        const whole = truth(all.graph ?? null, true)
        for (const line of without) expect(whole).toContain(line)
        // The first child of each node is told: `file`, and what a job's filter passes on to.
        for (const line of whole.filter(isBetweenNodes)) {
          if (/ file$|^block-driver #block\d+ .* backing$/.test(line) && !isQcowOfQemu(line, all)) {
            expect(without).toContain(line)
          }
        }
        client.close()
        await daemon.kill()
      }),
      { numRuns: 10 },
    )
    // It would be no test of much if most of it were refused.
    expect(most).toBeGreaterThan(40)
    expect([...seen]).toEqual(expect.arrayContaining(['overlay', 'throttle', 'nbd', 'mirror', 'quorum']))
  }, 120_000)
})

/** Nodes whose backing edge is no first child. */
function isQcowOfQemu(line: string, all: BlockReplies): boolean {
  const name = line.split(' ')[1]
  const node = objectsIn(all.nodes).find((each) => each['node-name'] === name)
  return node?.drv === 'qcow2' && line.endsWith(' backing')
}

describe('QEMU', () => {
  test('without the graph, a mirror’s filter stands between the device and its disk, and all holders are found', async () => {
    const path = image()
    const qemu = await startQemu(folder.path, 'vm', {
      args: [
        ...['-blockdev', `driver=qcow2,node-name=disk0,file.driver=file,file.filename=${path}`],
        ...['-device', 'virtio-blk-pci,id=vd0,drive=disk0', '-device', 'ide-cd,id=cd0'],
      ],
    })
    const client = connectUnix(join(folder.path, 'vm.qmp'))
    expect(await client.reach('ready')).toBe(true)
    const target = { driver: 'null-co', 'node-name': 'copy', size: 1 << 20 }
    expect((await client.run('blockdev-add', target)).kind).toBe('returned')
    const mirror = { 'job-id': 'm0', device: 'disk0', target: 'copy', sync: 'full', speed: 1 }
    expect((await client.run('blockdev-mirror', mirror)).kind).toBe('returned')
    const all = await replies(client)
    const model = blockGraph(all)
    expect(drawn(model)).toEqual(truth(all.graph ?? null))
    expect(model.copies).toEqual([{ job: 'job:m0', from: 'node:disk0', to: 'node:copy' }])
    expect(holdersOf(model, 'node:disk0').users.map(({ id }) => id)).toEqual(
      expect.arrayContaining(['device:/machine/peripheral/vd0/virtio-backend', 'job:m0']),
    )

    const started = [{ job: 'm0', source: 'disk0', target: 'copy' }]
    const without = blockGraph({ ...all, graph: undefined, started })
    expect(without.copies).toEqual(model.copies)
    const whole = truth(all.graph ?? null, true)
    for (const line of drawn(without, true)) expect(whole).toContain(line)
    const missing = whole.filter((line) => !drawn(without, true).includes(line))
    // The job holds the filter and the target by backends that only the graph tells.
    expect(missing.every((line) => /^block-(job m0|backend ) /.test(line))).toBe(true)
    client.close()
    await qemu.kill()
  })
})

/** The commands of the forms, sent to a real QEMU as the dialog sends them. */
import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { killStartedIn, startQemu, temporaryFolder } from '#lab/testing.ts'
import { waitFor } from '#lab/processes.ts'
import type { Json } from '#base/json/value.ts'
import { blockGraph } from '#inside/blocks/block-graph.ts'
import { chainOf } from '#inside/blocks/chain.ts'
import type { BlockGraph } from '#inside/blocks/block-model.ts'
import { connectUnix } from '#qmp/testing/unix-client.ts'
import type { UnixClient } from '#qmp/testing/unix-client.ts'
import { ActionRun } from '../../action/action-run.svelte.ts'
import { formsFor } from './forms.ts'

const folder = temporaryFolder()
let client: UnixClient

beforeAll(async () => {
  const disk = join(folder.path, 'disk.qcow2')
  execFileSync('qemu-img', ['create', '-q', '-f', 'qcow2', disk, '1M'])
  await startQemu(folder.path, 'vm', {
    args: [
      ...['-blockdev', `driver=qcow2,node-name=disk0,file.driver=file,file.filename=${disk}`],
      ...['-device', 'virtio-blk-pci,id=vd0,drive=disk0'],
    ],
  })
  client = connectUnix(join(folder.path, 'vm.qmp'))
  expect(await client.reach('ready')).toBe(true)
})

afterAll(async () => {
  client.close()
  await killStartedIn(folder.path)
  folder.remove()
})

async function ask(name: string, args?: { readonly flat: boolean }): Promise<Json> {
  const outcome = await client.run(name, args)
  return outcome.kind === 'returned' ? outcome.value : null
}

async function graphNow(): Promise<BlockGraph> {
  return blockGraph({
    graph: await ask('x-debug-query-block-graph'),
    nodes: await ask('query-named-block-nodes', { flat: true }),
    devices: await ask('query-block'),
    stats: await ask('query-blockstats'),
    jobs: await ask('query-jobs'),
    exports: await ask('query-block-exports'),
  })
}

/** Fill the form of a node and send its commands. The words of what failed; empty where all was done. */
async function act(
  node: string,
  id: string,
  values: Readonly<Record<string, string>> = {},
  isTakenBack = false,
): Promise<readonly string[]> {
  const graph = await graphNow()
  const part = graph.parts.find((each) => each.id === node)
  const form = part === undefined ? undefined : formsFor(graph, part).find((each) => each.id === id)
  if (form === undefined) throw new Error(`${node} has no ${id}`)
  const action = form.build(new Map(form.fields.map(({ name, value }) => [name, values[name] ?? value])))
  if (typeof action === 'string') return [action]
  const run = new ActionRun(
    {
      run: ({ name, args }) => client.run(name, args),
      jobs: async () => ({ ok: true, value: await ask('query-jobs') }),
      devices: () => Promise.resolve({ ok: true, value: [] }),
      migration: () => Promise.resolve({ ok: true, value: {} }),
      wait: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
    },
    action,
  )
  await run.run()
  if (isTakenBack) await run.undo()
  return run.steps.flatMap((step) => (step.kind === 'failed' || step.kind === 'stays' ? [step.why] : []))
}

/** The chain under the device, once no job is there. */
async function chainAtRest(): Promise<readonly string[]> {
  await waitFor(10_000, async () =>
    (await graphNow()).parts.some(({ kind }) => kind === 'job') ? undefined : true,
  )
  const graph = await graphNow()
  const root = graph.edges.find(({ from }) => from.startsWith('device:'))?.to ?? ''
  return chainOf(graph, root).map(({ name }) => name)
}

/** Complete a job when it is ready. */
async function complete(id: string): Promise<void> {
  const isReady = async (): Promise<true | undefined> =>
    (await graphNow()).parts.some((part) => part.id === `job:${id}` && part.kind === 'job' && part.isReady)
      ? true
      : undefined
  expect(await waitFor(10_000, isReady)).toBe(true)
  expect((await client.run('job-complete', { id })).kind).toBe('returned')
}

const file = (name: string): string => join(folder.path, name)

test('snapshots, a commit into the middle, a mirror to its pivot, a stream, an export, and the end', async () => {
  expect(await act('node:disk0', 'snapshot', { filename: file('s1'), node: 's1' })).toEqual([])
  expect(await act('node:s1', 'snapshot', { filename: file('s2'), node: 's2' })).toEqual([])
  expect(await act('node:s2', 'snapshot', { filename: file('s3'), node: 's3' })).toEqual([])
  expect(await chainAtRest()).toEqual(['s3', 's2', 's1', 'disk0'])
  expect(await act('node:s2', 'commit', { top: 's2', base: 's1' })).toEqual([])
  expect(await chainAtRest()).toEqual(['s3', 's1', 'disk0'])

  expect(await act('node:s3', 'mirror', { filename: file('copy'), node: 'copy' })).toEqual([])
  await complete('mirror-copy')
  expect(await chainAtRest()).toEqual(['copy'])

  // What the disk no longer uses is free, and goes.
  expect(await act('node:s3', 'stream', { base: 'disk0' })).toEqual([])
  await waitFor(10_000, async () =>
    (await graphNow()).parts.some(({ kind }) => kind === 'job') ? undefined : true,
  )
  expect(await act('node:s3', 'delete')).toEqual([])

  expect(await act('node:copy', 'resize', { size: '2M' })).toEqual([])
  expect(await act('node:copy', 'bitmap', { name: 'b0' })).toEqual([])
  expect(await act('node:copy', 'threshold', { size: '1M' })).toEqual([])
  expect(await act('node:copy', 'export', { id: 'x', at: file('nbd') })).toEqual([])
  const copy = (await graphNow()).parts.find(({ id }) => id === 'node:copy')
  expect(copy).toMatchObject({ virtualSize: 2 << 20, writeThreshold: 1 << 20, bitmaps: [{ name: 'b0' }] })
  expect((await act('node:copy', 'delete')).join()).toMatch(/in use/)
  expect(await act('export:x', 'unexport')).toEqual([])
  const device = 'device:/machine/peripheral/vd0/virtio-backend'
  expect(await act(device, 'throttle', { bps: '1M' })).toEqual([])
  expect(await act(device, 'histogram')).toEqual([])
  const counted = (await graphNow()).parts.find(({ id }) => id === device)
  expect(counted?.kind === 'device' ? counted.histograms.map(({ of }) => of) : []).toEqual([
    'reads',
    'writes',
    'flushes',
  ])
})

test('a mirror that is taken back at once leaves nothing behind', async () => {
  const before = (await graphNow()).parts.map(({ id }) => id).sort()
  expect(await act('node:copy', 'mirror', { filename: file('back'), node: 'back' }, true)).toEqual([])
  expect((await graphNow()).parts.map(({ id }) => id).sort()).toEqual(before)
})

test('a mirror whose target cannot be made leaves nothing behind', async () => {
  const before = (await graphNow()).parts.map(({ id }) => id).sort()
  const [why] = await act('node:copy', 'mirror', { filename: '/no/such/folder/x', node: 'never' })
  expect(why).toMatch(/No such file/)
  expect((await graphNow()).parts.map(({ id }) => id).sort()).toEqual(before)
})

/** The look before a snapshot is saved, beside what a real QEMU does. */
import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { killStartedIn, startQemu, temporaryFolder } from '#lab/testing.ts'
import { objectsIn } from '#base/json/value.ts'
import type { Json, JsonObject } from '#base/json/value.ts'
import { connectUnix } from '#qmp/testing/unix-client.ts'
import type { UnixClient } from '#qmp/testing/unix-client.ts'
import { preflightLoad, preflightSave, readDisks, tagsOf } from './snapshots.ts'
import type { SnapshotDisk } from './snapshots.ts'

const folder = temporaryFolder()
let client: UnixClient

beforeAll(async () => {
  const disks = ['a qcow2', 'b qcow2', 'r raw', 'ro raw'].map((each) => each.split(' '))
  const args = disks.flatMap(([name = '', format = '']) => {
    const path = join(folder.path, `${name}.img`)
    execFileSync('qemu-img', ['create', '-q', '-f', format, path, '1M'])
    const readOnly = name === 'ro' ? ',read-only=on' : ''
    return [
      ...['-blockdev', `${format},node-name=${name},file.driver=file,file.filename=${path}${readOnly}`],
      ...['-device', `virtio-blk-pci,drive=${name},id=d${name}`],
    ]
  })
  await startQemu(folder.path, 'vm', { args })
  client = connectUnix(join(folder.path, 'vm.qmp'))
  expect(await client.reach('ready')).toBe(true)
})

afterAll(async () => {
  client.close()
  await killStartedIn(folder.path)
  folder.remove()
})

/** The value that a query returns. */
async function ask(name: string, args?: JsonObject): Promise<Json> {
  const result = await client.run(name, args)
  if (result.kind !== 'returned') throw new Error(`${name}: ${result.kind}`)
  return result.value
}

async function disksNow(): Promise<readonly SnapshotDisk[]> {
  return readDisks(await ask('query-block'), await ask('query-named-block-nodes', { flat: true }))
}

/** Run a job to its end. Returns its error; undefined where it succeeded. */
async function outcome(command: string, args: JsonObject): Promise<string | undefined> {
  const started = await client.run(command, { 'job-id': 'j', ...args })
  if (started.kind !== 'returned') return started.kind === 'failed' ? started.error.desc : started.kind
  for (;;) {
    const [job] = objectsIn(await ask('query-jobs'))
    if (job?.status !== 'concluded') continue
    await ask('job-dismiss', { id: 'j' })
    return typeof job.error === 'string' ? job.error : undefined
  }
}

test.each([
  ['a', ['a']],
  ['a', ['a', 'b']],
  ['b', ['a', 'b']],
  ['a', ['a', 'r']],
  ['r', ['a', 'r']],
  ['a', ['a', 'ro']],
  ['b', ['a']],
])(
  'state to %s, disks %j: refused where the look before says so, accepted where it does not',
  async (state, nodes) => {
    const disks = await disksNow()
    expect(disks.map(({ node }) => node).sort()).toEqual(['a', 'b', 'r', 'ro'])
    const tag = `${state}-${nodes.join('')}`
    const findings = preflightSave(disks, { tag, nodes: new Set(nodes), stateNode: state })
    const error = await outcome('snapshot-save', { tag, vmstate: state, devices: nodes })
    const refused = findings.filter(({ kind }) => kind === 'refused')
    // The sentence of QEMU is shown where both do not agree.
    expect(error === undefined ? 'accepted' : 'refused', error).toBe(
      refused.length > 0 ? 'refused' : 'accepted',
    )
    // What QEMU leaves out without a word is what the look calls unsafe.
    if (error === undefined)
      expect(findings.filter(({ kind }) => kind === 'unsafe').map(({ node }) => node)).toEqual(
        ['a', 'b', 'r'].filter((each) => !nodes.includes(each)),
      )
  },
)

test('a tag that is there is refused a second time, and loads', async () => {
  expect(await outcome('snapshot-save', { tag: 'twice', vmstate: 'a', devices: ['a', 'b'] })).toBeUndefined()
  const disks = await disksNow()
  const plan = { tag: 'twice', nodes: new Set(['a', 'b']), stateNode: 'a' }
  expect(preflightSave(disks, plan).filter(({ kind }) => kind === 'refused')).toHaveLength(2)
  expect(await outcome('snapshot-save', { tag: 'twice', vmstate: 'a', devices: ['a', 'b'] })).toContain(
    'twice',
  )
  const tag = tagsOf(disks).find(({ name }) => name === 'twice')
  expect(tag).toMatchObject({ nodes: ['a', 'b'], stateNode: 'a' })
  expect(tag === undefined ? [] : preflightLoad(disks, tag).map(({ node }) => node)).toEqual(['r'])
  expect(await outcome('snapshot-load', { tag: 'twice', vmstate: 'a', devices: ['a', 'b'] })).toBeUndefined()
  expect(await outcome('snapshot-delete', { tag: 'twice', devices: ['a', 'b'] })).toBeUndefined()
})

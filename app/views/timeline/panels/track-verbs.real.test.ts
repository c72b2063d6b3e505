/** The verbs that a job is offered in each status that a real QEMU can be held in, against those that QEMU takes there. */
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { waitFor } from '#lab/processes.ts'
import { killStartedIn, startQemu, temporaryFolder } from '#lab/testing.ts'
import type { Json, JsonObject } from '#base/json/value.ts'
import { descOf, Monitor } from '#qapi/testing/monitor.ts'
import type { Track } from '#record/track.ts'
import { jobVerbs } from './track-verbs.ts'

const folder = temporaryFolder()
let monitor: Monitor

const size = 1 << 26
const verbs = ['job-pause', 'job-resume', 'job-cancel', 'job-complete', 'job-finalize', 'job-dismiss']

beforeAll(async () => {
  await startQemu(folder.path, 'vm')
  monitor = new Monitor(join(folder.path, 'vm.qmp'))
  await monitor.run('qmp_capabilities')
}, 60_000)

afterAll(async () => {
  monitor.close()
  await killStartedIn(folder.path)
  folder.remove()
})

async function run(name: string, args: JsonObject): Promise<void> {
  expect(descOf(await monitor.run(name, args)), name).toBeUndefined()
}

async function listed(query: 'query-jobs' | 'query-block-jobs', id: string): Promise<JsonObject | undefined> {
  const { return: list } = await monitor.run(query)
  const jobs = (Array.isArray(list) ? list : []) as readonly JsonObject[]
  return jobs.find((each) => each.id === id || each.device === id)
}

async function until(id: string, status: string): Promise<void> {
  const found = await waitFor(10_000, async () => {
    const job = await listed('query-jobs', id)
    return job?.status === status ? job : undefined
  })
  expect(found, `${id} ${status}`).toBeDefined()
}

/** Two nodes of the job's own. */
async function nodes(id: string, target: JsonObject = { driver: 'null-co' }): Promise<void> {
  await run('blockdev-add', { driver: 'null-co', 'node-name': `${id}-s`, size })
  await run('blockdev-add', {
    ...(target.image === undefined ? { size } : {}),
    ...target,
    'node-name': `${id}-t`,
  })
}

const backup = (id: string, more: JsonObject = {}): JsonObject => ({
  ...{ 'job-id': id, device: `${id}-s`, target: `${id}-t`, sync: 'full' },
  ...{ 'auto-finalize': true, 'auto-dismiss': false, ...more },
})
const slow = { speed: 1 }

async function mirror(id: string): Promise<void> {
  await nodes(id)
  const args = { 'job-id': id, device: `${id}-s`, target: `${id}-t`, sync: 'full', 'auto-dismiss': false }
  await run('blockdev-mirror', args)
  await until(id, 'ready')
}

/** How a job comes to stand in each status. */
const ways: Readonly<Record<string, (id: string) => Promise<void>>> = {
  running: async (id) => {
    await nodes(id)
    await run('blockdev-backup', backup(id, slow))
    await until(id, 'running')
  },
  paused: async (id) => {
    await nodes(id)
    await run('blockdev-backup', backup(id, slow))
    await run('job-pause', { id })
    await until(id, 'paused')
  },
  'paused on an error': async (id) => {
    const inject: Json = [{ event: 'none', iotype: 'write', errno: 28 }]
    await nodes(id, { driver: 'blkdebug', image: { driver: 'null-co', size }, 'inject-error': inject })
    await run('blockdev-backup', backup(id, { 'on-target-error': 'stop' }))
    await until(id, 'paused')
  },
  ready: mirror,
  standby: async (id) => {
    await mirror(id)
    await run('job-pause', { id })
    await until(id, 'standby')
  },
  waiting: async (id) => {
    await nodes(id)
    await nodes(`${id}-x`)
    const actions: Json = [
      { type: 'blockdev-backup', data: backup(id) },
      { type: 'blockdev-backup', data: backup(`${id}-x`, slow) },
    ]
    await run('transaction', { actions, properties: { 'completion-mode': 'grouped' } })
    await until(id, 'waiting')
  },
  pending: async (id) => {
    await nodes(id)
    await run('blockdev-backup', backup(id, { 'auto-finalize': false }))
    await until(id, 'pending')
  },
  concluded: async (id) => {
    await nodes(id)
    await run('blockdev-backup', backup(id))
    await until(id, 'concluded')
  },
}

/** The job as the timeline follows it. */
async function trackOf(id: string): Promise<Track> {
  const job = await listed('query-jobs', id)
  const block = await listed('query-block-jobs', id)
  const trouble = block?.['io-status']
  return {
    ...{ id: 1, kind: 'job', name: id, type: '', start: 0, end: undefined, progress: [], limit: undefined },
    ...{ outcome: 'open', cause: undefined, rows: [] },
    error: typeof trouble === 'string' && trouble !== 'ok' ? trouble : undefined,
    phases: [{ at: 0, state: typeof job?.status === 'string' ? job.status : '', seq: 0 }],
  }
}

test.each(Object.entries(ways))('a job that is %s', { timeout: 60_000 }, async (status, reach) => {
  const taken: string[] = []
  let offered: readonly string[] = []
  for (const verb of verbs) {
    // Each verb has a job of its own: most change the status.
    const id = `${status.replaceAll(' ', '-').slice(0, 9)}-${verb.slice(4)}`
    await reach(id)
    offered = jobVerbs(await trackOf(id))
    if (descOf(await monitor.run(verb, { id })) === undefined) taken.push(verb)
  }
  expect(offered.toSorted()).toEqual(taken.toSorted())
})

test(
  'a job that stands on an error goes on where that is mended, and ends where it is cancelled',
  { timeout: 60_000 },
  async () => {
    const once: Json = [{ event: 'none', iotype: 'write', errno: 28, once: true }]
    for (const [id, verb, error] of [
      ['mended', 'job-resume', undefined],
      ['given-up', 'job-cancel', expect.any(String)],
    ] as const) {
      await nodes(id, { driver: 'blkdebug', image: { driver: 'null-co', size }, 'inject-error': once })
      await run('blockdev-backup', backup(id, { 'on-target-error': 'stop' }))
      await until(id, 'paused')
      expect(jobVerbs(await trackOf(id))).toContain(verb)
      await run(verb, { id })
      await until(id, 'concluded')
      expect((await listed('query-jobs', id))?.error).toEqual(error)
    }
  },
)

import { expect, test } from 'vitest'
import type { Json } from '#base/json/value.ts'
import { ActionRun } from './action-run.svelte.ts'
import type { ActionCommand, ActionPlan } from './action.ts'

/** A machine that answers by a table: a name that is in `fails` fails once with these words. */
function machineOf(fails: Readonly<Record<string, string>>, jobs: readonly Json[] = []) {
  const sent: string[] = []
  let looks = 0
  return {
    sent,
    run: ({ name, args, to }: ActionCommand, options: { readonly isAgreed?: boolean }) => {
      expect(options.isAgreed).toBe(true)
      const receiver = to?.kind === 'agent' ? 'agent: ' : ''
      sent.push(args === undefined ? `${receiver}${name}` : `${receiver}${name} ${JSON.stringify(args)}`)
      const desc = fails[name]
      return Promise.resolve(
        (desc === undefined
          ? { kind: 'returned', value: {} }
          : { kind: 'failed', error: { class: 'GenericError', desc } }) as never,
      )
    },
    jobs: () => {
      looks += 1
      return Promise.resolve({ ok: true as const, value: jobs[Math.min(looks, jobs.length) - 1] ?? [] })
    },
    devices: () => Promise.resolve({ ok: true as const, value: [] }),
    migration: () => Promise.resolve({ ok: true as const, value: {} }),
    wait: () => Promise.resolve(),
  }
}

const create: ActionPlan = {
  title: 'Make',
  verb: 'Make',
  steps: [
    { name: 'open-file', undo: { name: 'close-file' } },
    {
      name: 'create',
      waits: { job: 'c', until: 'concluded' },
      cleanUp: { name: 'job-dismiss', args: { id: 'c' } },
    },
    { name: 'job-dismiss', args: { id: 'c' } },
    { name: 'open-format', undo: { name: 'close-format' } },
    { name: 'start' },
  ],
}

test('the steps are sent in order; a job is awaited with its progress', async () => {
  const machine = machineOf({}, [
    [{ id: 'c', status: 'running', 'current-progress': 1, 'total-progress': 4 }],
    [{ id: 'c', status: 'concluded' }],
  ])
  const seen: string[] = []
  const run = new ActionRun(
    {
      ...machine,
      wait: () => {
        const [, state] = run.steps
        if (state?.kind === 'waiting') seen.push(state.words)
        return Promise.resolve()
      },
    },
    create,
  )
  await run.run()
  expect(seen).toEqual(['running, 25 %'])
  expect(machine.sent).toEqual(['open-file', 'create', 'job-dismiss {"id":"c"}', 'open-format', 'start'])
  expect(run.state).toEqual({ kind: 'done' })
  expect(run.steps.every(({ kind }) => kind === 'done')).toBe(true)
})

test('where a step fails, those before it are taken back in reverse order', async () => {
  const machine = machineOf({ start: 'busy' }, [[{ id: 'c', status: 'concluded' }]])
  const run = new ActionRun(machine, create)
  await run.run()
  expect(machine.sent.slice(-3)).toEqual(['start', 'close-format', 'close-file'])
  expect(run.state).toEqual({ kind: 'failed' })
  expect(run.steps.map(({ kind }) => kind)).toEqual(['undone', 'done', 'done', 'undone', 'failed'])
  expect(run.steps[4]).toEqual({ kind: 'failed', why: 'busy' })
})

test('a job that fails is dismissed, and what stays in force is said', async () => {
  const machine = machineOf({ 'close-file': 'in use' }, [
    [{ id: 'c', status: 'concluded', error: 'No space left' }],
  ])
  const run = new ActionRun(machine, create)
  await run.run()
  expect(machine.sent).toEqual(['open-file', 'create', 'job-dismiss {"id":"c"}', 'close-file'])
  expect(run.steps[0]).toEqual({ kind: 'stays', why: 'in use' })
  expect(run.steps[1]).toEqual({ kind: 'failed', why: 'No space left' })
  expect(run.steps[2]).toEqual({ kind: 'open' })
})

test('a wait can be stopped; a job that vanishes is said', async () => {
  const machine = machineOf({}, [[{ id: 'c', status: 'running' }]])
  const run: ActionRun = new ActionRun(
    {
      ...machine,
      wait: () => {
        run.stop()
        return Promise.resolve()
      },
    },
    create,
  )
  await run.run()
  expect(run.steps[1]).toEqual({ kind: 'failed', why: 'stopped while its job was running' })
  expect(run.steps[0]).toEqual({ kind: 'undone' })

  const gone = new ActionRun(machineOf({}, [[]]), create)
  await gone.run()
  expect(gone.steps[1]).toEqual({ kind: 'failed', why: 'the job “c” is gone before it was concluded' })
})

test('a done action is taken back, and only once', async () => {
  const machine = machineOf({}, [[{ id: 'c', status: 'concluded' }]])
  const run = new ActionRun(machine, create)
  expect(run.canUndo).toBe(false)
  await run.run()
  expect(run.canUndo).toBe(true)
  await run.undo()
  expect(machine.sent.slice(-2)).toEqual(['close-format', 'close-file'])
  expect(run.state).toEqual({ kind: 'undone' })
  expect(run.canUndo).toBe(false)
})

test('one that is for good is taken back only where a step fails', async () => {
  const forGood = { ...create, isForGood: true }
  const run = new ActionRun(machineOf({}, [[{ id: 'c', status: 'concluded' }]]), forGood)
  await run.run()
  expect([run.state.kind, run.canUndo]).toEqual(['done', false])
  const machine = machineOf({ start: 'no' }, [[{ id: 'c', status: 'concluded' }]])
  await new ActionRun(machine, forGood).run()
  expect(machine.sent.slice(-2)).toEqual(['close-format', 'close-file'])
})

test('a step for the agent goes to the agent, and so does what takes it back', async () => {
  const machine = machineOf({ transaction: 'no' })
  const run = new ActionRun(machine, {
    title: 'Snapshot',
    verb: 'Take',
    steps: [
      {
        name: 'guest-fsfreeze-freeze',
        to: { kind: 'agent' },
        undo: { name: 'guest-fsfreeze-thaw', to: { kind: 'agent' } },
      },
      { name: 'transaction' },
      { name: 'guest-fsfreeze-thaw', to: { kind: 'agent' } },
    ],
  })
  await run.run()
  expect(machine.sent).toEqual(['agent: guest-fsfreeze-freeze', 'transaction', 'agent: guest-fsfreeze-thaw'])
})

test('a step is taken back only once what holds it is gone; what does not go is said', async () => {
  const plan: ActionPlan = {
    title: 'Mirror',
    verb: 'Mirror',
    steps: [
      { name: 'blockdev-add', undo: { name: 'blockdev-del' } },
      { name: 'blockdev-mirror', undo: { name: 'job-cancel', leaves: { kind: 'job', id: 'm' } } },
    ],
  }
  const going = machineOf({}, [[{ id: 'm', status: 'running' }], [{ id: 'm', status: 'aborting' }], []])
  const sentWhile: number[] = []
  const run = new ActionRun(
    {
      ...going,
      wait: () => {
        sentWhile.push(going.sent.length)
        return Promise.resolve()
      },
    },
    plan,
  )
  await run.run()
  await run.undo()
  // Nothing is sent while the job is there.
  expect(sentWhile).toEqual([3, 3])
  expect(going.sent).toEqual(['blockdev-add', 'blockdev-mirror', 'job-cancel', 'blockdev-del'])
  expect(run.steps).toEqual([{ kind: 'undone' }, { kind: 'undone' }])

  const staying = new ActionRun(
    {
      ...machineOf({}),
      devices: () => Promise.resolve({ ok: true, value: [{ name: 'd0', type: 'child<x>' }] }),
    },
    {
      title: 'Plug',
      verb: 'Plug',
      steps: [{ name: 'device_add', undo: { name: 'device_del', leaves: { kind: 'device', id: 'd0' } } }],
    },
  )
  await staying.run()
  await staying.undo()
  expect(staying.steps[0]).toEqual({
    kind: 'stays',
    why: 'the guest has not let go of “d0” yet: see Devices for what helps',
  })
})

test.each([
  [['active', 'cancelling', 'cancelled'], { kind: 'undone' }],
  [['completed'], { kind: 'stays', why: 'the guest had gone over already' }],
])('a migration is taken back as far as it can: %j', async (statuses, state) => {
  const machine = machineOf({})
  let looks = 0
  const run = new ActionRun(
    {
      ...machine,
      migration: () => {
        const status = statuses[Math.min(looks, statuses.length - 1)] ?? ''
        looks += 1
        return Promise.resolve({ ok: true, value: { status } })
      },
    },
    {
      title: 'Migrate',
      verb: 'Migrate',
      steps: [
        { name: 'migrate-set-capabilities', undo: { name: 'migrate-set-capabilities' } },
        { name: 'migrate', undo: { name: 'migrate_cancel', leaves: { kind: 'migration' } } },
      ],
    },
  )
  await run.run()
  await run.undo()
  expect(run.steps[1]).toEqual(state)
  expect(machine.sent.slice(-2)).toEqual(['migrate_cancel', 'migrate-set-capabilities'])
  expect(looks).toBe(statuses.length)
})

test('a step that may be needless fails, and the next is sent all the same', async () => {
  const machine = machineOf({ pause: 'not running' })
  const run = new ActionRun(machine, {
    title: 'Go on',
    verb: 'Go on',
    steps: [{ name: 'pause', isOptional: true }, { name: 'recover' }],
  })
  await run.run()
  expect(machine.sent).toEqual(['pause', 'recover'])
  expect(run.state).toEqual({ kind: 'done' })
  expect(run.steps).toEqual([{ kind: 'failed', why: 'not running' }, { kind: 'done' }])
})

/** What is chosen in the lanes: a job with its verbs, what became of them, and which commands its events name. */
import { join } from 'node:path'
import type { Page } from '@playwright/test'
import { startFakeQmp, startQemu } from '../lab/testing.ts'
import { expect, expectAccessible, goTo, test } from './lab.ts'
import { openTimeline, panel, row, run, stamp, toLane } from './timeline-lab.ts'

function change(id: string, status: string): string {
  return `{${stamp(1_700_000_000)}, "event": "JOB_STATUS_CHANGE", "data": {"status": "${status}", "id": "${id}"}}\r\n`
}

/** Two jobs, which go on. */
const jobs = ['first', 'second'].map(
  (id) =>
    `{"id": "${id}", "type": "mirror", "status": "running", "current-progress": 1, "total-progress": 2}`,
)
const answers: Readonly<Record<string, string>> = {
  'query-status': '{"status": "running", "running": true}',
  'query-jobs': `[${jobs.join(', ')}]`,
  'query-block-jobs': '[]',
}

/** Choose a job in its lane: by the key to what is later, or to what is earlier. */
async function choose(page: Page, job: string, key: '.' | ',' = '.'): Promise<void> {
  const heading = panel(page, 'job').getByRole('heading', { name: new RegExp(`Job ${job}`) })
  const lanes = page.getByRole('list', { name: 'Lanes' })
  await expect(lanes.getByRole('button', { name: 'Jobs', exact: true })).toBeVisible()
  await toLane(page, 'Jobs')
  await expect(async () => {
    await page.keyboard.press(key)
    await expect(heading).toBeVisible({ timeout: 1000 })
  }).toPass({ timeout: 45_000 })
}

test('what became of a verb is said of its own job, and not of the one that was chosen since', async ({
  page,
  lab,
}) => {
  let say: (text: string) => void = () => undefined
  let answer: (() => void) | undefined
  const server = await startFakeQmp(join(lab.sockets, 'vm.qmp'), ({ id, execute }, socket) => {
    const reply = (): void => {
      socket.write(`{"return": ${answers[execute] ?? '{}'}, "id": ${id}}\r\n`)
    }
    if (execute === 'qmp_capabilities') say = (text) => void socket.write(text)
    if (execute === 'job-pause') answer = reply
    else reply()
  })
  await openTimeline(page, lab)
  say(change('first', 'running') + change('second', 'running'))
  await choose(page, 'first')
  const job = panel(page, 'job')
  await job.getByRole('button', { name: 'job-pause' }).click()
  await expect.poll(() => answer !== undefined).toBe(true)
  await expect(job.getByRole('button', { name: 'job-pause' })).toHaveAttribute('aria-disabled', 'true')
  await choose(page, 'second')
  // The other job waits for nothing.
  await expect(job.getByRole('button', { name: 'job-pause' })).not.toHaveAttribute('aria-disabled', 'true')
  answer?.()
  await goTo(page, 'Console')
  await goTo(page, 'Timeline')
  await expect(row(page, /reply.*job-pause/)).toBeVisible()
  await choose(page, 'second')
  await expect(job).not.toContainText('returned')
  answer = undefined
  await choose(page, 'first', ',')
  await job.getByRole('button', { name: 'job-pause' }).click()
  await expect.poll(() => answer !== undefined).toBe(true)
  ;(answer as (() => void) | undefined)?.()
  await expect(job).toContainText('job-pause of first: returned')
  await choose(page, 'second')
  await expect(job).not.toContainText('returned')
  await expectAccessible(page)
  await server.stop()
})

test('the end of a job names the command that started it, and the verb that ended it', async ({
  page,
  lab,
}) => {
  const disks = ['source', 'target'].flatMap((name) => [
    '-blockdev',
    `null-co,node-name=${name},size=67108864,read-zeroes=on`,
  ])
  const qemu = await startQemu(lab.sockets, 'vm', { args: disks })
  const args = { 'job-id': 'm', device: 'source', target: 'target', sync: 'full', speed: 65_536 }
  await run(page, lab, 'blockdev-mirror', args)
  for (const verb of ['job-pause', 'job-resume', 'job-cancel']) await run(page, lab, verb, { id: 'm' })
  await goTo(page, 'Timeline')
  // It was undone at once: its last states are one line.
  await expect(row(page, /folded.*m: concluded → null/)).toBeVisible()
  await row(page, /job m is being undone/).click()
  const detail = panel(page, 'row')
  await expect(detail.getByRole('button', { name: /^its command, by id: .*blockdev-mirror/ })).toBeVisible()
  await expect(
    detail.getByRole('button', { name: /^the verb that led to it, by id: .*job-cancel/ }),
  ).toBeVisible()
  await expect(detail.getByRole('button', { name: /job-resume/ })).toHaveCount(0)
  await expectAccessible(page)
  // And back: the verb has its event.
  await detail.getByRole('button', { name: /^the verb that led to it/ }).click()
  await expect(detail.getByRole('heading', { name: /command job-cancel/ })).toBeVisible()
  await expect(
    detail.getByRole('button', { name: /^an event of it, by id: .*JOB_STATUS_CHANGE status=aborting/ }),
  ).toBeVisible()
  await qemu.kill()
})

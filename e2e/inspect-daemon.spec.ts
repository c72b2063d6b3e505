/** Inspect of a storage daemon: each part that it has, and why it does not have the others. Its graph: inspect-blocks.spec.ts. */
import { startStorageDaemon } from '../lab/testing.ts'
import { expect, expectAccessible, test } from './lab.ts'
import { expectSeen } from './seen.ts'
import { run } from './timeline-lab.ts'

test('jobs, objects and statistics of a storage daemon; the parts of a machine say what is missing', async ({
  page,
  lab,
}) => {
  await startStorageDaemon(lab.sockets, 'vm')
  for (const name of ['source', 'target'])
    await run(page, lab, 'blockdev-add', {
      ...{ driver: 'null-co', 'node-name': name, size: 64 * 1024 * 1024, 'read-zeroes': true },
    })
  await run(page, lab, 'blockdev-backup', {
    ...{ 'job-id': 'copy0', device: 'source', target: 'target', sync: 'full', speed: 65536 },
    'auto-dismiss': false,
  })
  await page.goto(`${lab.url}#/machine/vm/inspect/jobs`)
  const job = page.getByRole('article', { name: 'Job copy0' })
  await expect(job).toContainText('running')
  const dialog = page.getByRole('dialog')
  for (const [verb, command] of [
    ['Pause', 'job-pause'],
    ['Resume', 'job-resume'],
    ['Give up', 'job-cancel'],
    ['Dismiss', 'job-dismiss'],
  ] as const) {
    await job.getByRole('button', { name: `${verb}: copy0` }).click()
    await expect(dialog.getByRole('listitem')).toContainText(`{"execute":"${command}"`)
    await dialog.getByRole('button', { name: verb, exact: true }).click()
    await expect(dialog.getByRole('status')).toContainText('Done.')
    await dialog.getByRole('button', { name: 'Close' }).click()
  }
  await expect(job).toHaveCount(0)

  const parts = page.getByRole('navigation', { name: 'Parts' })
  await parts.getByRole('link', { name: 'Block graph' }).click()
  await page
    .getByRole('main')
    .getByRole('button', { name: /^null-co source/ })
    .click()
  await expect(page.getByRole('complementary', { name: 'Chosen part' })).toContainText('64.0 MiB')
  await parts.getByRole('link', { name: 'Objects' }).click()
  await expect(page.getByRole('treeitem', { name: /^chardevs/ })).toBeVisible()
  await parts.getByRole('link', { name: 'Statistics' }).click()
  await expect(page.getByRole('region', { name: 'Statistics', exact: true })).toContainText(
    'This server does not have query-stats',
  )
  await expectAccessible(page)
  await expectSeen(page)
  for (const [name, why] of [
    ['Devices', 'Devices: this server does not have any of the commands device_add, query-pci.'],
    ['CPUs and memory', 'CPUs and memory: this server does not have the command query-cpus-fast.'],
    [
      'Snapshots',
      'Snapshots: this server does not have any of the commands snapshot-save, human-monitor-command.',
    ],
    ['Migration', 'Migration: this server does not have the command query-migrate.'],
    ['Monitor text', 'Monitor text: this server does not have the command human-monitor-command.'],
  ] as const) {
    await parts.getByRole('link', { name, exact: true }).click()
    await expect(page.getByText(why)).toBeVisible()
  }
  await page.goto(`${lab.url}#/machine/vm/timeline`)
  // What is not there was not asked for: nothing came back as an error.
  await page.getByRole('combobox', { name: 'Filter' }).fill('kind:error')
  await expect(page.getByRole('listbox', { name: 'Rows of the timeline' }).getByRole('option')).toHaveCount(0)
})

/** What is done with a reply: tree, text and table, search, comparison, watching; what waits and what comes late. */
import { readFileSync } from 'node:fs'
import type { Socket } from 'node:net'
import { join } from 'node:path'
import type { Locator, Page } from '@playwright/test'
import { startFakeQmp, startQemu } from '../lab/testing.ts'
import { chooseCommand, expect, expectAccessible, goTo, send, test, setDeadline } from './lab.ts'

/** A server with one command, `query-tpm-models`, that a test answers as it likes; the rest returns nothing. */
function startServerOf(
  path: string,
  answer: (id: number, socket: Socket) => void,
): ReturnType<typeof startFakeQmp> {
  return startFakeQmp(path, ({ id, execute }, socket) => {
    if (execute === 'query-tpm-models') answer(id, socket)
    else if (execute === 'query-qmp-schema') {
      socket.write(
        `{"return": [{"name": "query-tpm-models", "meta-type": "command", "arg-type": "0", "ret-type": "0"}, {"name": "0", "meta-type": "object", "members": []}], "id": ${id}}\r\n`,
      )
    } else socket.write(`{"return": {}, "id": ${id}}\r\n`)
  })
}

async function show(result: Locator, how: 'Tree' | 'Raw' | 'Table'): Promise<void> {
  const button = result
    .getByRole('group', { name: 'How to show the reply' })
    .getByRole('button', { name: how, exact: true })
  // By key: what is loaded behind the form may still move the page, and a press and its release must not lie apart.
  await button.press('Enter')
  await expect(button).toHaveAttribute('aria-pressed', 'true')
}

async function find(result: Locator, words: string): Promise<Locator> {
  const field = result.getByRole('searchbox', { name: 'Find in reply' })
  await field.fill(words)
  return field
}

async function fileOf(page: Page, button: Locator): Promise<string> {
  const [download] = await Promise.all([page.waitForEvent('download'), button.click()])
  return readFileSync(await download.path(), 'utf8')
}

const nodes = ['9663676416', '10737418240', '2147483648'].flatMap((size, index) => [
  '-blockdev',
  `null-co,node-name=node${index},size=${size}`,
])

test('a list of objects as a table: sorted by exact numbers, columns chosen, CSV', async ({ page, lab }) => {
  await startQemu(lab.sockets, 'vm', { args: nodes })
  await page.goto(lab.url)
  await chooseCommand(page, 'query-named-block-nodes')
  const result = await send(page, 'query-named-block-nodes')
  await show(result, 'Table')
  const table = result.getByRole('table', { name: 'Reply to query-named-block-nodes' })
  const size = table.getByRole('columnheader', { name: 'image.virtual-size' })
  await size.getByRole('button').focus()
  await page.keyboard.press('Enter')
  await expect(size).toHaveAttribute('aria-sort', 'ascending')
  const names = (): Promise<readonly string[]> =>
    table.getByRole('cell', { name: /^node\d$/ }).allTextContents()
  expect(await names()).toEqual(['node2', 'node0', 'node1'])
  await page.keyboard.press('Enter')
  await expect(size).toHaveAttribute('aria-sort', 'descending')
  expect(await names()).toEqual(['node1', 'node0', 'node2'])
  await expectAccessible(page)

  await result.getByText('Columns', { exact: true }).click()
  await result.getByRole('button', { name: 'None' }).click()
  await result.getByRole('checkbox', { name: 'node-name', exact: true }).check()
  await result.getByRole('checkbox', { name: 'image.virtual-size', exact: true }).check()
  await result.getByRole('checkbox', { name: 'iops_rd', exact: true }).check()
  const text = await fileOf(page, result.getByRole('button', { name: 'Download CSV' }))
  const lines = text.split('\r\n')
  expect(lines[0]?.split(',').sort()).toEqual(['image.virtual-size', 'iops_rd', 'node-name'])
  expect(lines[1]).toContain('10737418240')
  expect(lines).toHaveLength(5)
  await expectAccessible(page)

  // The field is found in the table as well.
  const field = await find(result, 'node2')
  await expect(result.getByRole('status').filter({ hasText: '1 of 1' })).toBeVisible()
  await expect(table.locator('td.current')).toHaveText('node2')
  await field.press('Escape')
  await expect(field).toHaveValue('')
})

test('search opens the branches that lead to what is found, and marks it in the text', async ({
  page,
  lab,
}) => {
  await startQemu(lab.sockets, 'vm', { args: nodes })
  await page.goto(lab.url)
  await chooseCommand(page, 'query-qmp-schema')
  const result = await send(page, 'query-qmp-schema')
  const field = await find(result, 'blockdev-ADD')
  await expect(result.getByRole('status').filter({ hasText: /^1 of/ })).toBeVisible()
  await expect(result.getByRole('treeitem', { selected: true })).toContainText('"blockdev-add"')
  await expect(result.getByRole('treeitem', { selected: true })).toBeInViewport()
  await field.fill('query-status')
  await expect(result.getByRole('treeitem', { selected: true })).toContainText('"query-status"')
  await expect(result.getByRole('treeitem', { selected: true })).toBeInViewport()
  await field.fill('arg-type')
  await expect(result.getByRole('status').filter({ hasText: /^1 of \d\d\d/ })).toBeVisible()
  await field.press('Enter')
  await expect(result.getByRole('status').filter({ hasText: /^2 of/ })).toBeVisible()
  await field.press('Shift+Enter')
  await field.press('Shift+Enter')
  await expect(result.getByRole('status').filter({ hasText: /^(\d+)\s?(\d*) of \1/ })).toBeVisible()
  await expectAccessible(page)

  await show(result, 'Raw')
  await find(result, '"query-status"')
  await expect(result.locator('mark.current')).toHaveText('"query-status"')
  await expect(result.locator('mark.current')).toBeInViewport()
  await result.getByRole('checkbox', { name: 'pretty' }).check()
  await expect(result.locator('mark.current')).toHaveText('"query-status"')
  await expect(result.getByText(/\d\d\d lines/)).toBeVisible()
  await expectAccessible(page)
})

test('two replies are compared; a watch shows what changes, and goes on after a loss', async ({
  page,
  lab,
}) => {
  const qemu = await startQemu(lab.sockets, 'vm')
  await page.goto(lab.url)
  await chooseCommand(page, 'query-status')
  await send(page, 'query-status')
  await chooseCommand(page, 'stop')
  await expect(await send(page, 'stop')).toContainText('returned')
  await chooseCommand(page, 'query-status')
  const result = await send(page, 'query-status')
  await result.getByRole('button', { name: 'Compare with the one before' }).click()
  const table = page.getByRole('table', { name: 'Differences of the two replies' })
  await expect(table.getByRole('row', { name: /^status changed "running" "paused"$/ })).toBeVisible()
  await expect(page.getByText(/2 changed, 0 added, 0 removed; \d values? (is|are) the same/)).toBeVisible()
  await expectAccessible(page)

  await result.getByRole('button', { name: 'Watch', exact: true }).click()
  const watch = page.getByRole('region', { name: 'Watch of query-status' }).first()
  await watch.getByRole('spinbutton').fill('0.2')
  await watch.getByRole('spinbutton').press('Tab')
  await expect(watch).toContainText(/[2-9] samples, no change so far/)
  await chooseCommand(page, 'cont')
  await expect(await send(page, 'cont')).toContainText('returned')
  await expect(
    watch
      .getByRole('table', { name: 'Last change of query-status' })
      .getByRole('row', { name: /^status changed "paused" "running"$/ }),
  ).toBeVisible()
  await expectAccessible(page)

  await qemu.kill()
  await expect(watch).toContainText('waiting: vm is not connected; it continues automatically')
  await startQemu(lab.sockets, 'vm')
  await expect(watch.getByRole('status').first()).toHaveText('watching')
  await watch.getByRole('button', { name: 'Stop watching' }).click()
  await expect(watch.getByRole('status').first()).toHaveText('stopped')
})

test('a number of a reply is plotted over time, as value and as rate, and is there as a table and CSV', async ({
  page,
  lab,
}) => {
  let asked = 0
  const fake = await startServerOf(join(lab.sockets, 'count.qmp'), (id, socket) => {
    asked += 1
    const other = { device: 'disk1', stats: { rd_bytes: 5 } }
    const disk = { device: 'disk0', stats: { rd_bytes: asked * 1000 } }
    // The order is another each time: a plot follows the device, not the place.
    const list = asked % 2 === 0 ? [disk, other] : [other, disk]
    socket.write(`{"return": ${JSON.stringify(list)}, "id": ${id}}\r\n`)
  })
  await page.goto(lab.url)
  await chooseCommand(page, 'query-tpm-models')
  const result = await send(page, 'query-tpm-models')
  await result.getByRole('button', { name: 'Watch', exact: true }).click()
  const watch = page.getByRole('region', { name: 'Watch of query-tpm-models' })
  await watch.getByRole('spinbutton').fill('0.2')
  await watch.getByText('Plot a number').click()
  await watch.getByRole('searchbox', { name: 'Search numbers' }).fill('disk0')
  await watch.getByRole('button', { name: 'Plot [device="disk0"].stats.rd_bytes' }).click()
  const plot = watch.getByRole('img', {
    name: /^Plot of \[device="disk0"\]\.stats\.rd_bytes: \d+ points from \d+000 to \d+000/,
  })
  await expect(plot.locator('canvas')).toBeVisible()
  await expectAccessible(page)
  await watch.getByRole('checkbox', { name: 'change a second' }).check()
  await expect(watch.getByRole('img', { name: /rd_bytes a second: \d+ points/ })).toBeVisible()
  await watch.getByText('Samples as a table').click()
  await expect(watch.getByRole('table', { name: 'Last samples' }).getByRole('row').nth(3)).toContainText(
    '000',
  )
  await watch.getByRole('button', { name: 'Stop watching' }).click()
  const lines = (await fileOf(page, watch.getByRole('button', { name: 'Download samples as CSV' }))).split(
    '\r\n',
  )
  expect(lines[0]).toBe(
    'time,"[device=""disk0""].stats.rd_bytes","[device=""disk0""].stats.rd_bytes a second"',
  )
  expect(lines[2]).toMatch(/^\d{4}-.*Z,\d+000,\d+/)
  await expectAccessible(page)
  await page.emulateMedia({ colorScheme: 'dark' })
  await expectAccessible(page)
  await page.setViewportSize({ width: 400, height: 800 })
  await expect(plot.or(watch.getByRole('img')).first()).toBeVisible()
  await expectAccessible(page)
  await fake.stop()
})

test('what waits is listed with its age, what is queued can be cancelled, what comes late is shown', async ({
  page,
  lab,
}) => {
  const owed: (() => void)[] = []
  const fake = await startServerOf(join(lab.sockets, 'slow.qmp'), (id, socket) => {
    owed.push(() => socket.write(`{"return": {"late": 18446744073709551615}, "id": ${id}}\r\n`))
  })
  await page.goto(lab.url)
  await chooseCommand(page, 'query-tpm-models')
  // However long the looks below take: nothing ends meanwhile, so the ninth stays in the queue.
  await setDeadline(page, '3600')
  for (let n = 0; n < 9; n += 1) await page.getByRole('button', { name: /^Send/ }).click()
  const waiting = page.getByRole('region', { name: 'In flight' })
  await expect(
    waiting.getByRole('row', { name: /query-tpm-models .* queued: not sent yet you/ }),
  ).toBeVisible()
  await expectAccessible(page)
  await waiting.getByRole('button', { name: 'Cancel query-tpm-models' }).click()
  const newest = page.getByRole('article', { name: 'Result of query-tpm-models' }).first()
  await expect(newest).toContainText('not sent: cancelled')
  for (const each of owed.splice(0)) each()
  await expect(waiting).toHaveCount(0)
  await setDeadline(page, '2')
  await page.getByRole('button', { name: /^Send/ }).click()
  await expect(newest).toContainText('no reply within 2 s')
  await expect(waiting.getByRole('row', { name: /past its deadline/ })).toBeVisible()
  for (const each of owed.splice(0)) each()
  await expect(newest).toContainText('Answered after the deadline: it returned after')
  await expect(newest).toContainText('18446744073709551615')
  await expect(waiting).toHaveCount(0)
  await fake.stop()
})

test('a reply of 10 MB: as a tree, as text, as a table; to its end; searched', async ({ page, lab }) => {
  const item = (index: number): object => ({
    name: `object${index}`,
    'meta-type': 'object',
    number: index,
    members: [
      { name: 'id', type: 'str' },
      { name: 'enabled', type: 'bool', default: null },
    ],
  })
  const reply = JSON.stringify(Array.from({ length: 75_000 }, (_, index) => item(index)))
  expect(reply.length).toBeGreaterThan(10_000_000)
  const fake = await startServerOf(join(lab.sockets, 'big.qmp'), (id, socket) => {
    socket.write(`{"return": ${reply}, "id": ${id}}\r\n`)
  })
  await page.goto(lab.url)
  await chooseCommand(page, 'query-tpm-models')
  const result = await send(page, 'query-tpm-models')
  await expect(result.getByRole('treeitem').first()).toContainText(/75.000/)
  await find(result, 'object74999')
  await expect(result.getByRole('treeitem', { selected: true })).toContainText('"object74999"')
  // Of all that is open now, only what is in sight is in the document.
  expect(await result.getByRole('treeitem').count()).toBeLessThan(100)
  await result.getByRole('tree').focus()
  await page.keyboard.press('Home')
  await expect(result.getByRole('treeitem', { selected: true })).toContainText(/75.000/)

  await show(result, 'Raw')
  // Where a line ends in the middle of it, it is marked in two parts.
  const marked = async (): Promise<string> =>
    (await result.locator('mark.current').allTextContents()).join('')
  await expect.poll(marked).toBe('object74999')
  expect(await result.locator('.line').count()).toBeLessThan(100)
  await result.getByRole('checkbox', { name: 'pretty' }).check()
  await expect.poll(marked).toBe('object74999')

  await show(result, 'Table')
  await expect(result.locator('td.current')).toHaveText('object74999')
  const table = result.getByRole('table', { name: 'Reply to query-tpm-models' })
  await table.getByRole('button', { name: 'number' }).click()
  await table.getByRole('button', { name: 'number' }).click()
  await result.getByRole('group', { name: 'Reply to query-tpm-models, as a table' }).focus()
  await page.keyboard.press('Home')
  await expect(table.getByRole('cell', { name: 'object74999', exact: true })).toBeVisible()
  expect(await table.getByRole('row').count()).toBeLessThan(100)
  await goTo(page, 'Overview')
  await fake.stop()
})

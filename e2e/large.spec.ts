/** A machine that says too much: long texts, wide and endless schemas. Every view stays usable, and says what it leaves out. */
import { join } from 'node:path'
import type { Page } from '@playwright/test'
import { startFakeServer } from '../lab/testing.ts'
import type { SentCommand, TestLab } from '../lab/testing.ts'
import { expect, expectAccessible, goTo, test } from './lab.ts'
import { row } from './timeline-lab.ts'

const long = 'x'.repeat(10_000_000)
/** Characters of text on a page: far below what was said, and more than any view needs. */
const mostText = 1_000_000

const schema = [
  { name: 'str', 'meta-type': 'builtin', 'json-type': 'string' },
  { name: 'empty', 'meta-type': 'object', members: [] },
  { name: 'loop', 'meta-type': 'object', members: [{ name: 'next', type: 'loop' }] },
  {
    name: 'many',
    'meta-type': 'enum',
    members: Array.from({ length: 5000 }, (_, n) => ({ name: `value-${n}` })),
  },
  {
    name: 'wide',
    'meta-type': 'object',
    members: Array.from({ length: 5000 }, (_, n) => ({ name: `member-${n}`, type: 'many', default: null })),
    note: long,
  },
  { name: 'query-wide', 'meta-type': 'command', 'arg-type': 'wide', 'ret-type': 'empty', note: long },
  { name: 'needs-itself', 'meta-type': 'command', 'arg-type': 'loop', 'ret-type': 'empty' },
  ...[
    'query-qmp-schema',
    'query-version',
    'query-status',
    'query-name',
    'query-mice',
    'query-tpm-models',
  ].map((name) => ({
    name,
    'meta-type': 'command',
    'arg-type': 'empty',
    'ret-type': 'empty',
  })),
  ...Array.from({ length: 20_000 }, (_, n) => ({
    name: `query-many-${n}`,
    'meta-type': 'command',
    'arg-type': 'empty',
    'ret-type': 'empty',
  })),
]

const answers: Readonly<Record<string, unknown>> = {
  qmp_capabilities: {},
  'query-name': { name: long },
  'query-uuid': { UUID: long },
  'query-tpm-models': [long],
  'query-status': { status: 'running', running: true },
  'query-qmp-schema': schema,
}

async function startLarge(lab: TestLab): Promise<void> {
  await startFakeServer(join(lab.sockets, 'vm.qmp'), (socket) => {
    const version = { qemu: { micro: 0, minor: 2, major: 7 }, package: long }
    socket.write(`${JSON.stringify({ QMP: { version, capabilities: ['oob'] } })}\r\n`)
    let rest = ''
    socket.on('data', (data) => {
      const lines = `${rest}${data.toString()}`.split('\r\n')
      rest = lines.pop() ?? ''
      for (const line of lines) {
        const { id, execute } = JSON.parse(line) as SentCommand
        const reply = Object.hasOwn(answers, execute)
          ? { return: answers[execute], id }
          : { error: { class: 'GenericError', desc: execute === 'query-mice' ? long : 'no' }, id }
        socket.write(`${JSON.stringify(reply)}\r\n`)
      }
    })
  })
}

async function expectBounded(page: Page): Promise<void> {
  expect(await page.evaluate(() => document.body.innerText.length)).toBeLessThan(mostText)
}

test('long names and errors, a schema of 20,000 commands, a type that needs itself', async ({
  page,
  lab,
}) => {
  await startLarge(lab)
  await page.goto(`${lab.url}#/machine/vm/overview`)
  await expect(page.getByText(/7\.2\.0 \(x+… \(10000000 characters in all\)\)/)).toBeVisible()
  await expectBounded(page)
  // The heading is one line, whatever a machine is called.
  const heading = page.getByRole('region', { name: 'Machine' }).getByRole('heading', { level: 1 })
  await expect(heading).toHaveText(/^x+… \(10000000 characters in all\)$/)
  const { height, lineHeight } = await heading.evaluate((element) => ({
    height: element.getBoundingClientRect().height,
    lineHeight: parseFloat(getComputedStyle(element).lineHeight),
  }))
  expect(height).toBeLessThan(1.5 * lineHeight)

  await page.goto(`${lab.url}#/machine/vm/command/query-mice`)
  await page.getByRole('button', { name: /^Send/ }).click()
  const result = page.getByRole('article', { name: 'Result of query-mice' })
  await expect(result.getByText('9.54 MiB in all')).toBeVisible()
  await expectBounded(page)
  await result.getByRole('button', { name: 'Show more' }).click()
  await expectBounded(page)

  await page.goto(`${lab.url}#/machine/vm/command/needs-itself`)
  await page.getByRole('button', { name: 'Open next', exact: true }).click()
  await expect(page.getByRole('button', { name: 'Open next.next', exact: true })).toBeVisible()
  await expectAccessible(page)

  await page.goto(`${lab.url}#/machine/vm/schema?show=map`)
  await expect(
    page.getByText(/2[\s\u202f]000 are drawn, those that reach most; 18[\s\u202f]\d{3} are left out/),
  ).toBeVisible()
  await expectBounded(page)
  await page.getByRole('button', { name: 'As a list' }).click()
  await expectBounded(page)

  await goTo(page, 'Console')
  await page.getByRole('tab', { name: 'QMP', exact: true }).click()
  await page.getByRole('textbox', { name: /QMP console of vm/ }).focus()
  await page.keyboard.insertText('query-mice')
  await page.keyboard.press('Enter')
  await expect(page.locator('.xterm-rows').filter({ visible: true })).toContainText(
    /QMP> query-mice[^]*a message of 9\.54 MiB: it is in the timeline/,
  )
  await expectBounded(page)

  await goTo(page, 'Timeline')
  // The row of the long error is drawn.
  await expect(row(page, /error query-mice/).first()).toContainText('xxx')
  await expectBounded(page)
})

test('what the page keeps of replies is bounded, and it says what it let go', async ({ page, lab }) => {
  await startLarge(lab)
  await page.goto(`${lab.url}#/machine/vm/command/query-tpm-models`)
  const results = page.getByRole('article', { name: 'Result of query-tpm-models' })
  for (let sent = 1; sent <= 2; sent += 1) {
    await page.getByRole('button', { name: /^Send/ }).click()
    await expect(results).toHaveCount(sent)
    await expect(results.first().getByText('returned', { exact: true })).toBeVisible()
  }
  // Two replies of 10 MB, each as value and as text, are more than is kept.
  await expect(
    results.last().getByText(/of it are not kept any more: all results hold 32\.0 MiB/),
  ).toBeVisible()
  await expect(results.first().getByText(/not kept any more/)).toBeHidden()
  await expectBounded(page)
  await expectAccessible(page)
})

test('a page of the schema is bounded, whatever the schema and its manual say', async ({ page, lab }) => {
  await startLarge(lab)
  await page.goto(`${lab.url}#/machine/vm/schema/query-wide`)
  const entity = page.getByRole('region', { name: 'Entity' })
  await expect(entity.getByText(/4[\s\u202f]500 further members are left out/)).toBeVisible()
  await expect(entity.getByText('9.54 MiB in all')).toBeVisible()
  await expectBounded(page)
  await entity.getByRole('button', { name: /1[\s\u202f]000 more/ }).click()
  await expect(entity.getByText(/3[\s\u202f]500 further members are left out/)).toBeVisible()

  const words = 'word '.repeat(1_000_000)
  const text = `.TH DEMO 7 "" "7.2.0"\n.SH NAME\ndemo \\- Manual\n.SH MICE\n.SS \\fBquery\\-mice\\fP (Command)\n.sp\n${words}\n`
  await page.goto(`${lab.url}#/machine/vm/schema`)
  await page
    .getByLabel(/Choose .*reference/)
    .setInputFiles({ name: 'demo.7', mimeType: 'text/plain', buffer: Buffer.from(text) })
  await expect(page.getByText(/Names and texts from .*demo\.7/)).toBeVisible()
  await page.goto(`${lab.url}#/machine/vm/schema/query-mice`)
  await expect(entity.getByText('4.77 MiB in all')).toBeVisible()
  await expectBounded(page)
})

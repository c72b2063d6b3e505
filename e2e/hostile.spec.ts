/**
 * Hostile texts in every place of every view: names, values, errors, types, events and outputs that are markup, hide
 * letters or turn their order. They are shown as texts, nothing of them becomes a part of the page, and the page's own
 * words stand as they were written.
 */
import { join } from 'node:path'
import type { Page } from '@playwright/test'
import { startFakeServer } from '../lab/testing.ts'
import type { TestLab } from '../lab/testing.ts'
import { expect, goTo, test } from './lab.ts'
import { row } from './timeline-lab.ts'

const markup = `<img src=x onerror="window.ran=1"><script>window.ran=1</script><b class=hostile>b</b>`
/** What no machine should say: markup of every kind, an override without an end, control characters. */
const evil = (place: string): string =>
  `${place}${markup}{{7*7}}\${7}\u202e\u2066\u001b]0;x\u0007\u0000</title>`

const types = [
  { name: 'str', 'meta-type': 'builtin', 'json-type': 'string' },
  { name: 'none', 'meta-type': 'object', members: [] },
  { name: 'choice', 'meta-type': 'enum', members: [{ name: evil('value-') }], values: [evil('value-')] },
  {
    name: evil('type-'),
    'meta-type': 'object',
    members: [
      { name: 'node-name', type: 'str', default: null },
      { name: evil('member-'), type: 'choice', default: null, features: [evil('feature-')] },
    ],
    note: evil('note-'),
  },
  { name: evil('command-'), 'meta-type': 'command', 'arg-type': evil('type-'), 'ret-type': evil('type-') },
  { name: evil('EVENT-'), 'meta-type': 'event', 'arg-type': evil('type-') },
  { name: 'query-tpm-models', 'meta-type': 'command', 'arg-type': evil('type-'), 'ret-type': 'none' },
  ...[
    ...['query-name', 'query-uuid', 'query-status', 'query-block', 'query-named-block-nodes', 'query-jobs'],
    ...[
      'query-blockstats',
      'query-accelerators',
      'query-cpus-fast',
      'query-mice',
      'query-qmp-schema',
      'stop',
    ],
    ...['human-monitor-command', 'query-block-jobs'],
  ].map((name) => ({ name, 'meta-type': 'command', 'arg-type': 'none', 'ret-type': 'none' })),
]

const node = {
  'node-name': evil('node-'),
  drv: evil('drv-'),
  file: evil('file-'),
  image: { filename: evil('image-'), format: evil('format-'), 'virtual-size': 5 },
}

const answers: ReadonlyMap<string, unknown> = new Map<string, unknown>([
  ['qmp_capabilities', {}],
  ['query-name', { name: evil('name-') }],
  ['query-uuid', { UUID: evil('uuid-') }],
  ['query-status', { status: evil('status-'), running: true }],
  ['query-accelerators', { enabled: evil('accel-'), present: [evil('accel-')] }],
  ['query-cpus-fast', [{ 'cpu-index': 0, target: evil('target-'), 'qom-path': evil('path-') }]],
  ['query-block', [{ device: evil('device-'), qdev: evil('qdev-'), type: evil('type-'), inserted: node }]],
  ['query-named-block-nodes', [node]],
  [
    'query-blockstats',
    [{ device: evil('device-'), 'node-name': evil('node-'), qdev: evil('qdev-'), stats: {} }],
  ],
  ['query-jobs', [{ id: evil('job-'), type: evil('type-'), status: evil('status-') }]],
  ['query-tpm-models', [{ [evil('key-')]: evil('cell-') }, { [evil('key-')]: [evil('item-')] }]],
  ['query-qmp-schema', types],
  ['human-monitor-command', evil('human-')],
])

const stamp = { seconds: 1_732_153_431, microseconds: 1 }
const events = [
  ['JOB_STATUS_CHANGE', { id: evil('job-'), status: 'running' }],
  ['DEVICE_DELETED', { device: evil('gone-'), path: evil('path-') }],
  [
    'BLOCK_IO_ERROR',
    { device: evil('disk-'), operation: evil('op-'), action: evil('action-'), reason: evil('why-') },
  ],
  ['BLOCK_JOB_ERROR', { device: evil('job-'), operation: 'write', action: 'stop' }],
  ['GUEST_PANICKED', { action: evil('action-'), info: { type: evil('info-') } }],
  ['MIGRATION', { status: evil('status-') }],
  [evil('EVENT-'), { [evil('key-')]: evil('data-') }],
] as const

/** A machine that says nothing else. */
async function startHostile(lab: TestLab): Promise<void> {
  await startFakeServer(join(lab.sockets, 'vm.qmp'), (socket) => {
    const version = { qemu: { micro: 0, minor: 2, major: 7 }, package: evil('package-') }
    socket.write(`${JSON.stringify({ QMP: { version, capabilities: ['oob', evil('cap-')] } })}\r\n`)
    let rest = ''
    socket.on('data', (data) => {
      const lines = `${rest}${data.toString()}`.split('\r\n')
      rest = lines.pop() ?? ''
      for (const line of lines) {
        const { id, execute } = JSON.parse(line) as { id: number; execute: string }
        const refused = { error: { class: evil('class-'), desc: evil('desc-') }, id }
        const reply = answers.has(execute) ? { return: answers.get(execute), id } : refused
        socket.write(`${JSON.stringify(reply)}\r\n`)
        if (execute !== 'query-uuid') continue
        for (const [event, details] of events)
          socket.write(`${JSON.stringify({ event, data: details, timestamp: stamp })}\r\n`)
        socket.write(`${evil('garbage-')}\r\n`)
      }
    })
  })
}

/** A text of the machine is on the page as a text; nothing was made of it, and nothing ran. */
async function expectText(page: Page, place: string): Promise<void> {
  await expect.poll(() => page.evaluate(() => document.body.textContent)).toContain(`${place}<img src=x`)
  const found = await page.evaluate(() => ({
    made: document.querySelectorAll('img, b.hostile, body script:not([src]), iframe, object, embed').length,
    ran: 'ran' in window,
  }))
  expect(found).toEqual({ made: 0, ran: false })
}

/** The same, and no words of the page follow it in the part that keeps its order to itself: they would be turned round. */
async function expectTexts(page: Page, place: string): Promise<void> {
  await expectText(page, place)
  const turned = await page.evaluate(() => {
    const found = new Set<string>()
    const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT)
    while (texts.nextNode() !== null) {
      const { nodeValue, parentElement } = texts.currentNode
      // What is the machine's as a whole is turned as the machine has it.
      if (nodeValue?.includes('\u202e') !== true || parentElement?.closest('pre, textarea, .line, .cm-line'))
        continue
      const keepsOrder = (each: Element): boolean => {
        const { unicodeBidi, display } = getComputedStyle(each)
        return /isolate|plaintext/.test(unicodeBidi) || !/^(?:inline|contents)$/.test(display)
      }
      let within = parentElement
      while (within !== null && !keepsOrder(within)) within = within.parentElement
      const all = (within?.textContent ?? '').toLowerCase()
      const after = all.slice(all.lastIndexOf('</title>') + '</title>'.length).trim()
      if (/[a-z]{3}/.test(after)) found.add(`${parentElement?.tagName ?? ''}: …${after.slice(0, 60)}`)
    }
    return [...found]
  })
  expect(turned).toEqual([])
}

test('every view of a machine that says hostile texts', async ({ page, lab }) => {
  page.setDefaultTimeout(10_000)
  await startHostile(lab)
  await page.goto(`${lab.url}#/machine/vm/overview`)
  await expectTexts(page, 'device-')
  await expectTexts(page, 'package-')

  await page.goto(`${lab.url}#/machine/vm/schema`)
  await expectTexts(page, 'command-')
  await page.getByRole('option', { name: /^command command-/ }).click()
  await expectTexts(page, 'member-')
  for (const name of ['Graph', 'Map', 'Compare']) {
    await page.getByRole('group', { name: 'Show as' }).getByRole('button', { name }).click()
    if (name === 'Compare') await page.getByLabel('Compare with').selectOption({ label: 'QEMU 10.0 x86_64' })
    await expectTexts(page, 'command-')
  }
  await page.goto(`${lab.url}#/machine/vm/schema/${encodeURIComponent(evil('missing-'))}`)
  await expectTexts(page, 'missing-')

  await page.goto(`${lab.url}#/machine/vm/command/query-tpm-models`)
  await expectTexts(page, 'member-')
  await page.getByRole('button', { name: /^Send/ }).click()
  const result = page.getByRole('article', { name: 'Result of query-tpm-models' }).first()
  for (const name of ['Raw', 'Table', 'Tree']) {
    await result.getByRole('button', { name, exact: true }).click()
    await expectTexts(page, 'key-')
  }
  await page.goto(`${lab.url}#/machine/vm/command/query-mice`)
  await page.getByRole('button', { name: /^Send/ }).click()
  await expectTexts(page, 'desc-')
  await page.getByRole('button', { name: 'History' }).first().click()
  await expectTexts(page, 'desc-')

  await goTo(page, 'Timeline')
  await expect(row(page, /BLOCK_IO_ERROR/)).toBeVisible()
  for (const [name, place] of [
    [/event EVENT-/, 'data-'],
    [/event BLOCK_IO_ERROR/, 'why-'],
    [/event DEVICE_DELETED/, 'gone-'],
  ] as const) {
    await page.getByRole('listbox', { name: 'Rows of the timeline' }).press('Home')
    await row(page, name).first().click()
    await expect(page.getByRole('region', { name: 'Chosen row' })).toContainText(place)
    await expectTexts(page, place)
  }

  await goTo(page, 'Console')
  for (const [tab, line, place] of [
    ['QMP', 'query-mice', 'desc-'],
    ['Human', 'info status', 'human-'],
  ] as const) {
    await page.getByRole('tab', { name: new RegExp(`^${tab}`) }).click()
    await page
      .getByRole('textbox', { name: /console|monitor/i })
      .first()
      .focus()
    await page.keyboard.insertText(line)
    await page.keyboard.press('Enter')
    await expect(page.locator('.xterm-rows').filter({ visible: true })).toContainText(place)
    expect(await page.evaluate(() => 'ran' in window)).toBe(false)
  }
  await expect(page).toHaveTitle(/QMP Studio|vm/)
})

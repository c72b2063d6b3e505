/**
 * Machines and files that say hostile texts: names, values, errors, types, events and outputs that are markup, hide
 * letters or turn their order. And how a journey sees that they are shown as texts.
 */
import { join } from 'node:path'
import type { Page } from '@playwright/test'
import { startFakeServer } from '../lab/testing.ts'
import type { TestLab } from '../lab/testing.ts'
import { expect } from './lab.ts'

const markup = `<img src=x onerror="window.ran=1"><script>window.ran=1</script><b class=hostile>b</b>`
/** What no machine should say: markup of every kind, an override without an end, control characters. */
export const evil = (place: string): string =>
  `${place}${markup}{{7*7}}\${7}\u202e\u2066\u001b]0;x\u0007\u0000</title>`

/** A name of 100,000 characters without a blank: there is no place where a line could break. */
export const long = (place: string): string => place.padEnd(100_000, 'long')

/** Names that mean something to an object of JavaScript. */
export const builtIn = ['__proto__', 'constructor', 'toString'] as const

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
  [
    'query-block',
    [{ device: evil('device-'), qdev: evil('qdev-'), type: evil('type-'), removable: true, inserted: node }],
  ],
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

/** What the human monitor answers to `help`: a command with a hostile name, and one whose help is hostile. */
const help = `${evil('cmd-').replace(/\s/g, '')} -- says ${evil('help-')}\r\ninfo [subcommand] -- ${evil('info-')}\r\n`

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
export async function startHostile(lab: TestLab): Promise<void> {
  await startFakeServer(join(lab.sockets, 'vm.qmp'), (socket) => {
    const version = { qemu: { micro: 0, minor: 2, major: 7 }, package: evil('package-') }
    socket.write(`${JSON.stringify({ QMP: { version, capabilities: ['oob', evil('cap-')] } })}\r\n`)
    let rest = ''
    socket.on('data', (data) => {
      const lines = `${rest}${data.toString()}`.split('\r\n')
      rest = lines.pop() ?? ''
      for (const line of lines) {
        const {
          id,
          execute,
          arguments: args,
        } = JSON.parse(line) as {
          readonly id: number
          readonly execute: string
          readonly arguments?: { readonly 'command-line'?: string }
        }
        const refused = { error: { class: evil('class-'), desc: evil('desc-') }, id }
        const isHelp = args?.['command-line']?.startsWith('help') === true
        const answer = isHelp ? help : answers.get(execute)
        const reply = answer === undefined ? refused : { return: answer, id }
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
export async function expectTexts(page: Page, place: string): Promise<void> {
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
      const after =
        all
          .split(/<\/?title>/)
          .at(-1)
          // A text that was cut for its place lacks its end; all of it is still the machine's.
          ?.replace(/[a-z]+-<img[^]*$/, '')
          .trim() ?? ''
      if (/[a-z]{3}/.test(after)) found.add(`${parentElement?.tagName ?? ''}: …${after.slice(0, 60)}`)
    }
    return [...found]
  })
  expect(turned).toEqual([])
}

/** Words of a machine stay in the boxes that they are in: nothing makes the page wider, or lies over the views' tabs. */
export async function expectInside(page: Page): Promise<void> {
  const measure = (): Promise<object> =>
    page.evaluate(() => {
      const { scrollWidth, clientWidth } = document.documentElement
      const outside: string[] = []
      for (const each of document.querySelectorAll(
        '.content, aside, main, .panel, [role="option"], td, th, dd, li',
      )) {
        const box = each.getBoundingClientRect()
        if (box.width === 0 || !each.checkVisibility()) continue
        // What scrolls, or is cut, keeps its content to itself.
        let around = each.parentElement
        while (around !== null && getComputedStyle(around).overflowX === 'visible')
          around = around.parentElement
        if (around !== null) continue
        if (box.right > clientWidth + 1) outside.push(`${each.tagName} ${each.className}`)
      }
      // What is meant to scroll sideways: texts of code, wide tables, and rows of tabs.
      const meant = 'pre, textarea, input, select, [role="grid"], [role="tablist"], .cm-scroller, .xterm *'
      const sideways = [...document.querySelectorAll('body *')]
        .filter((each) => /^(?:auto|scroll)$/.test(getComputedStyle(each).overflowX) && !each.matches(meant))
        .filter((each) => each.checkVisibility() && each.scrollWidth > each.clientWidth + 1)
        .filter((each) => each.querySelector('table, pre') === null)
        .map((each) => `${each.tagName} ${each.className}`)
      return { wider: Math.max(0, scrollWidth - clientWidth), outside: outside.slice(0, 5), sideways }
    })
  // A page that was made narrow a moment ago moves its parts with the next frames.
  await expect.poll(measure).toEqual({ wider: 0, outside: [], sideways: [] })
}

/** Texts of a place are texts, in their boxes. */
export async function expectHarmless(page: Page, ...places: readonly string[]): Promise<void> {
  for (const place of places) await expectTexts(page, place)
  await expectInside(page)
}

/** The page answers: another view opens. */
export async function expectAlive(page: Page): Promise<void> {
  await page.getByRole('button', { name: '? Keys and help' }).click()
  await expect(page.getByRole('dialog')).toBeVisible()
  await page.keyboard.press('Escape')
  await expect(page.getByRole('dialog')).toHaveCount(0)
}

/** A guest agent that says nothing else; its commands are asked about by the overview. */
export async function startHostileAgent(lab: TestLab, name: string): Promise<void> {
  const commands = ['guest-ping', 'guest-get-host-name', 'guest-get-time', evil('guest-')].map((each) => ({
    ...{ name: each, enabled: true, 'success-response': true },
  }))
  const info = { version: evil('agent-'), supported_commands: commands }
  await startFakeServer(join(lab.sockets, `${name}.qga`), (socket) => {
    let rest = ''
    socket.on('data', (data) => {
      const lines = `${rest}${data.toString('latin1')}`.split('\n')
      rest = lines.pop() ?? ''
      for (const line of lines) {
        const {
          id,
          execute,
          arguments: args,
        } = JSON.parse(line.replaceAll('\xff', '')) as {
          readonly id?: number
          readonly execute: string
          readonly arguments?: { readonly id?: number }
        }
        const say = (reply: object): void =>
          void socket.write(`${JSON.stringify({ ...reply, ...(id === undefined ? {} : { id }) })}\n`)
        if (execute.startsWith('guest-sync')) {
          if (execute === 'guest-sync-delimited') socket.write(Buffer.from([0xff]))
          say({ return: args?.id })
        } else if (execute === 'guest-info') say({ return: info })
        else if (execute === 'guest-get-host-name') say({ return: { 'host-name': evil('host-') } })
        else say({ error: { class: evil('class-'), desc: evil('refused-') } })
      }
    })
  })
}

/** A log of a machine that says nothing else, as another program writes it. */
export function hostileLog(): string {
  const lines: string[] = []
  const say = (direction: string, message: object): void =>
    void lines.push(
      `[2025-01-07T13:47:${String(10 + lines.length)}+01:00] ${direction}: ${JSON.stringify(message)}`,
    )
  say('QUERY', { execute: evil('logged-'), arguments: { [evil('argument-')]: evil('given-') }, id: 1 })
  say('REPLY', { error: { class: evil('class-'), desc: evil('desc-') }, id: 1 })
  say('QUERY', { execute: 'query-name', id: 2 })
  say('REPLY', { return: { name: evil('name-') }, id: 2 })
  for (const [event, data] of events) say('EVENT', { event, data, timestamp: stamp })
  return `${lines.join('\n')}\n`
}

/** Jobs, devices and events whose names are those of objects, or very long. */
function oddEvents(): readonly object[] {
  const names = [...builtIn, long('longest-')]
  return names.flatMap((name) => [
    { event: 'JOB_STATUS_CHANGE', data: { id: name, status: 'created' }, timestamp: stamp },
    { event: 'JOB_STATUS_CHANGE', data: { id: name, status: name }, timestamp: stamp },
    { event: 'DEVICE_DELETED', data: { device: name, path: name }, timestamp: stamp },
    { event: name, data: { [name]: name }, timestamp: stamp },
  ])
}

/** A transcript of two machines whose names, ids and rows are those of objects, or very long. */
export function oddTranscript(): string {
  const [proto, made] = builtIn
  const machines = [
    { id: proto, name: proto, protocol: 'qmp' },
    { id: made, name: long('machine-'), protocol: 'qmp' },
  ]
  const rows = machines.flatMap(({ id }) =>
    oddEvents().map((message, index) => {
      const { event, data } = message as { event: string; data: object }
      const time = `2024-11-21T08:10:31.${String(index + 1).padStart(6, '0')}Z`
      return JSON.stringify({
        ...{ machine: id, seq: index + 1, time, direction: 'received', kind: 'event', name: event },
        ...{ stamp, data, bytes: 100, message },
      })
    }),
  )
  const header = {
    'qmp-studio-transcript': 1,
    made: '2024-11-21T08:11:00.000000Z',
    machines,
    note: long('note-'),
  }
  return `${[JSON.stringify(header), ...rows].join('\n')}\n`
}

/** A collection whose every text is hostile. */
export function hostileCollection(): string {
  return JSON.stringify({
    format: 'qmp-studio collection',
    version: 1,
    name: evil('collection-'),
    note: evil('note-'),
    parameters: [{ name: 'node', description: evil('description-'), default: evil('default-') }],
    commands: [
      {
        execute: 'query-mice',
        title: evil('title-'),
        note: evil('about-'),
        arguments: { node: '${node}', [evil('key-')]: 1 },
      },
      { execute: evil('command-'), arguments: { x: [evil('item-')] } },
    ],
  })
}

/** A collection whose names are those of objects, or very long. */
export function oddCollection(): string {
  const names = [...builtIn, long('longest-')]
  return JSON.stringify({
    format: 'qmp-studio collection',
    version: 1,
    name: long('collection-'),
    parameters: builtIn.map((name) => ({ name, description: long('about-'), default: name })),
    commands: [
      ...names.map((name) => ({ execute: name, title: name, arguments: { [name]: '${__proto__}' } })),
      { execute: 'query-mice', arguments: { a: '${constructor}', b: '${toString}' } },
    ],
  })
}

/**
 * The page's own queries, sent to real QEMUs, which survive. Also to one whose modules were replaced while it ran, as
 * an upgrade of its package does, which ends a QEMU that loads two of them.
 */
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  writeFileSync,
} from 'node:fs'
import { connect } from 'node:net'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { backportsQemu } from '#lab/demo/other-qemu.ts'
import { killStartedIn, startQemu, temporaryFolder } from '#lab/testing.ts'
import { isJsonObject } from '#base/json/value.ts'
import { parseJson } from '#base/json/parse.ts'
import { printJson } from '#base/json/print.ts'
import type { Json, JsonObject } from '#base/json/value.ts'
import { builtInTypes, deviceTypes, readTypes, whyNotAskAbout } from '../model/device-types.ts'
import { humanLineEffect } from './human-effect.ts'
import { ownQueryReasons } from './own-query-reasons.ts'

const folder = temporaryFolder()
afterAll(async () => {
  await killStartedIn(folder.path)
  folder.remove()
})

/** What a monitor says to one command after the other; `lost` when it hangs up. */
interface Monitor {
  ask(name: string, args?: JsonObject): Promise<JsonObject | 'lost'>
  close(): void
}

async function openMonitor(name: string): Promise<Monitor> {
  const socket = connect(join(folder.path, `${name}.qmp`))
  const waiting: ((reply: JsonObject | 'lost') => void)[] = []
  let rest = ''
  socket.setEncoding('utf8')
  socket.on('data', (data: string) => {
    const lines = (rest + data).split('\n')
    rest = lines.pop() ?? ''
    for (const line of lines) {
      const message = parseJson(line)
      if (!message.ok || !isJsonObject(message.value)) continue
      if ('return' in message.value || 'error' in message.value) waiting.shift()?.(message.value)
    }
  })
  let isOver = false
  socket.on('error', () => undefined)
  socket.on('close', () => {
    isOver = true
    for (const settle of waiting.splice(0)) settle('lost')
  })
  const ask: Monitor['ask'] = (command, args) =>
    new Promise((resolve) => {
      if (isOver) {
        resolve('lost')
        return
      }
      waiting.push(resolve)
      socket.write(printJson({ execute: command, ...(args === undefined ? {} : { arguments: args }) }) + '\n')
    })
  await ask('qmp_capabilities')
  return { ask, close: () => socket.destroy() }
}

function valueOf(reply: JsonObject | 'lost'): Json {
  expect(reply).not.toBe('lost')
  return reply === 'lost' ? null : (reply.return ?? null)
}

/** Arguments for those that need some. */
const needed: ReadonlyMap<string, JsonObject> = new Map([
  ['qom-list', { path: '/machine' }],
  ['query-stats', { target: 'vcpu' }],
  ['trace-event-get-state', { name: '*' }],
])

/** Send all own queries of the page, without a list of types. */
async function askEverything(monitor: Monitor): Promise<void> {
  for (const name of Object.keys(ownQueryReasons)) {
    if (name === 'device-list-properties' || name === 'human-monitor-command') continue
    expect(await monitor.ask(name, needed.get(name)), name).not.toBe('lost')
  }
  const lists = ['info network', 'info qtree', 'help', 'help info', 'info numa']
  for (const line of [...lists, 'info registers', 'info registers -a', 'x /20i $pc']) {
    expect(await monitor.ask('human-monitor-command', { 'command-line': line }), line).not.toBe('lost')
  }
  for (const typename of builtInTypes) {
    expect(await monitor.ask('device-list-properties', { typename }), typename).not.toBe('lost')
  }
}

describe('the installed QEMU', () => {
  test('every type of device whose parts are listed is asked about, and the machine lives', async () => {
    await startQemu(folder.path, 'types')
    const monitor = await openMonitor('types')
    const types = readTypes(valueOf(await monitor.ask('qom-list-types', { abstract: true })))
    const devices = deviceTypes(types).map((each) => each.name)
    const asked = devices.filter((name) => whyNotAskAbout(types, name) === undefined)
    for (const typename of asked) {
      expect(await monitor.ask('device-list-properties', { typename }), typename).not.toBe('lost')
    }
    // The rule leaves out the few that it is for, and no others.
    const left = devices.filter((name) => !asked.includes(name))
    expect(left.filter((name) => !/-gl(-|$)/.test(name))).toEqual([])
    expect(asked.length).toBeGreaterThan(300)
    // And it is for something: of those that are left out, each ends this QEMU.
    for (const [index, typename] of left.entries()) {
      await startQemu(folder.path, `left${index}`)
      const other = await openMonitor(`left${index}`)
      expect(await other.ask('device-list-properties', { typename })).toBe('lost')
    }
    monitor.close()
  }, 60_000)

  test('all own queries leave it alive', async () => {
    await startQemu(folder.path, 'plain')
    const monitor = await openMonitor('plain')
    await askEverything(monitor)
    valueOf(await monitor.ask('query-status'))
    monitor.close()
  }, 60_000)

  test('and when its modules are replaced while it runs, which qom-list-types does not survive', async () => {
    const installed = '/usr/lib/x86_64-linux-gnu/qemu'
    // Debian's packages have modules; a build without any has nothing to replace.
    expect(existsSync(installed)).toBe(true)
    const modules = join(folder.path, 'modules')
    mkdirSync(modules)
    for (const file of readdirSync(installed)) copyFileSync(join(installed, file), join(modules, file))
    const program = join(folder.path, 'qemu')
    writeFileSync(program, `#!/bin/sh\nQEMU_MODULE_DIR=${modules} exec qemu-system-x86_64 "$@"\n`, {
      mode: 0o755,
    })
    await startQemu(folder.path, 'upgraded', { program })
    // It answers once it has loaded what it starts with; its socket listens before.
    const monitor = await openMonitor('upgraded')
    // Another build is known by a symbol in its modules.
    for (const file of readdirSync(modules)) {
      const bytes = readFileSync(join(modules, file)).toString('latin1')
      const other = bytes.replace(/qemu_stamp_[0-9a-f]{8}/g, 'qemu_stamp_00000000')
      // A new file in the place of the old one, as a package is unpacked: what is loaded stays as it is.
      writeFileSync(join(modules, `${file}.new`), Buffer.from(other, 'latin1'))
      renameSync(join(modules, `${file}.new`), join(modules, file))
    }
    await askEverything(monitor)
    expect(await monitor.ask('qom-list-types')).toBe('lost')
    monitor.close()
  }, 60_000)

  test('every word of its human monitor was looked at', async () => {
    await startQemu(folder.path, 'words')
    const monitor = await openMonitor('words')
    const help = valueOf(await monitor.ask('human-monitor-command', { 'command-line': 'help' }))
    const lines = (typeof help === 'string' ? help : '').split(/\r?\n/)
    const words = lines.flatMap((line) => /^([a-z][\w-]*(?:\|[\w?-]+)?) /.exec(line)?.[1]?.split('|') ?? [])
    expect(words.length).toBeGreaterThan(90)
    const texts = ['copy', 'data', 'limit', 'of', 'support', 'through', 'to']
    expect(words.filter((word) => humanLineEffect(word) === undefined && !texts.includes(word))).toEqual([])
    monitor.close()
  })
})

const other = backportsQemu()

describe.skipIf(other.kind === 'not-there')('the QEMU of the backports', () => {
  test('all own queries leave it alive, without modules of its own', async () => {
    if (other.kind === 'not-there') return
    await startQemu(folder.path, 'backports', { program: other.program })
    const monitor = await openMonitor('backports')
    await askEverything(monitor)
    valueOf(await monitor.ask('query-status'))
    monitor.close()
  }, 60_000)
})

/** The tables of categories and of what can be plugged, against all types of the installed QEMU. */
import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { killStartedIn, startQemu, temporaryFolder } from '#lab/testing.ts'
import { connectUnix } from '#qmp/testing/unix-client.ts'
import type { UnixClient } from '#qmp/testing/unix-client.ts'
import { isJsonObject } from '#base/json/value.ts'
import { parseJson } from '#base/json/parse.ts'
import type { Json } from '#base/json/value.ts'
import { deviceCategory, isPluggable } from './device-category.ts'
import type { DeviceCategory } from './device-category.ts'
import { builtInTypes, deviceTypes, readTypes } from './device-types.ts'
import type { QomTypes } from './device-types.ts'

const program = 'qemu-system-x86_64'
const folder = temporaryFolder()
let client: UnixClient
let types: QomTypes

beforeAll(async () => {
  await startQemu(folder.path, 'vm')
  client = connectUnix(join(folder.path, 'vm.qmp'))
  expect(await client.reach('ready')).toBe(true)
  const outcome = await client.run('qom-list-types', { abstract: true })
  if (outcome.kind !== 'returned') throw new Error(outcome.kind)
  // A large reply comes as its text.
  const message = outcome.text === undefined ? undefined : parseJson(outcome.text)
  const value: Json | undefined =
    message?.ok === true && isJsonObject(message.value) ? message.value.return : outcome.value
  types = readTypes(value ?? [])
}, 30_000)

afterAll(async () => {
  client.close()
  await killStartedIn(folder.path)
  folder.remove()
})

test('what is called pluggable is so to QEMU', async () => {
  const names = deviceTypes(types)
    .map((each) => each.name)
    .filter((name) => isPluggable(name, types) && !name.endsWith('-cpu'))
  expect(names.length).toBeGreaterThan(100)
  const wrong: string[] = []
  for (const name of names) {
    // On a bus that is not there nothing is made: QEMU looks at the type first.
    const outcome = await client.run('device_add', { driver: name, bus: 'no-such-bus' })
    const desc = outcome.kind === 'failed' ? outcome.error.desc : outcome.kind
    if (!desc.includes('no-such-bus')) wrong.push(`${name}: ${desc}`)
  }
  expect(wrong).toEqual([])
}, 60_000)

test('by names alone nothing is called pluggable that is not so by its parents', () => {
  const names = deviceTypes(types).map((each) => each.name)
  expect(names.filter((name) => isPluggable(name, undefined) && !isPluggable(name, types))).toEqual([])
  // The types that are offered unasked have a category.
  const others = builtInTypes.filter((name) => deviceCategory(name, undefined) === 'Other')
  expect(others).toEqual([
    ...[
      'virtio-rng-pci',
      'virtio-rng-pci-transitional',
      'virtio-rng-pci-non-transitional',
      'virtio-rng-device',
    ],
    ...['virtio-balloon-pci', 'virtio-balloon-pci-transitional'],
    ...['virtio-balloon-pci-non-transitional', 'virtio-balloon-device'],
    ...['i6300esb', 'pvpanic-pci'],
  ])
})

/** What QEMU's own list calls them. */
const headings: Readonly<Record<string, readonly DeviceCategory[]>> = {
  'Controller/Bridge/Hub': ['Ports and bridges', 'USB controllers', 'Devices of the host'],
  USB: ['USB controllers'],
  Storage: ['Storage', 'Memory'],
  Network: ['Network'],
  Input: ['Input and serial', 'Other'],
  Display: ['Display'],
  Sound: ['Sound'],
  CPU: ['CPUs'],
  Watchdog: ['Other'],
}

test('categories are those of QEMU’s own list', () => {
  const help = execFileSync(program, ['-device', 'help'], { encoding: 'utf8' })
  let heading = ''
  const wrong: string[] = []
  for (const line of help.split('\n')) {
    heading = /^(\S+) devices:$/.exec(line)?.[1] ?? heading
    const name = /^name "([^"]+)"/.exec(line)?.[1]
    const fitting = headings[heading]
    if (name === undefined || fitting === undefined) continue
    const category = deviceCategory(name, types)
    if (!fitting.includes(category)) wrong.push(`${name} is ${category}, not ${heading}`)
  }
  expect(wrong).toEqual([])
})

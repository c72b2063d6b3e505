/** Reading a whole tree from a machine that is a table: what is asked, how much at once, what stays unasked. */
import { expect, test } from 'vitest'
import { err, ok } from '#base/result.ts'
import type { Json, JsonObject } from '#base/json/value.ts'
import { QomTree } from '#inside/objects/qom-tree.ts'
import { MachineObjects } from './objects-of.svelte.ts'
import { readWhole } from './whole-read.ts'

type Table = Readonly<Record<string, readonly (readonly [name: string, type: string, value?: Json])[]>>

const table: Table = {
  '/': [
    ['machine', 'child<pc>'],
    ['objects', 'child<container>'],
  ],
  '/machine': [
    ['type', 'string', 'pc'],
    ['vd0', 'child<virtio-blk-pci>'],
  ],
  '/machine/vd0': [
    ['type', 'string', 'virtio-blk-pci'],
    ['addr', 'int32', 7],
    ['broken', 'struct tm'],
  ],
  '/objects': [['sec0', 'child<secret>']],
  '/objects/sec0': [
    ['type', 'string', 'secret'],
    ['data', 'string', 'hidden'],
    ['format', 'QCryptoSecretFormat', 'raw'],
  ],
}

/** A machine with these objects. Every question is kept, and how many were open at once. */
function machine(objects: Table) {
  const asked: string[] = []
  let open = 0
  let most = 0
  const answer = (name: string, args: JsonObject): Json | undefined => {
    const of = (path: Json | undefined) => (typeof path === 'string' ? objects[path] : undefined)
    if (name === 'qom-list') return of(args.path)?.map(([name, type]) => ({ name, type }))
    if (name === 'qom-get') return of(args.path)?.find(([name]) => name === args.property)?.[2]
    const paths = args.paths as readonly string[]
    if (paths.some((path) => of(path) === undefined)) return undefined
    return paths.map((path) => ({
      properties: (of(path) ?? []).map(([name, type, value]) => ({
        name,
        type,
        ...(value === undefined ? {} : { value }),
      })),
    }))
  }
  const ask = async (name: string, args: JsonObject) => {
    asked.push(
      `${name} ${JSON.stringify(args.paths ?? args.path)}${args.property === undefined ? '' : ` ${JSON.stringify(args.property)}`}`,
    )
    open += 1
    most = Math.max(most, open)
    await new Promise((resolve) => setTimeout(resolve))
    open -= 1
    const value = answer(name, args)
    return value === undefined ? err('no such thing') : ok(value)
  }
  return { asked, most: () => most, ask }
}

const whole = (from: ReturnType<typeof machine>, more: object = {}) => {
  const tree = new QomTree()
  return readWhole(tree, {
    ask: from.ask,
    hasListGet: false,
    withValues: true,
    isCancelled: () => false,
    onprogress: () => undefined,
    ...more,
  }).then((read) => ({ tree, ...read }))
}

test('all objects and values; what may be a secret is not asked for', async () => {
  const from = machine(table)
  const { tree, values, failed } = await whole(from)
  expect([...tree.all()].map(({ path }) => path)).toEqual(
    Object.keys(table).toSorted(
      (a, b) =>
        a.split('/').length - b.split('/').length || (a === '/' ? -1 : b === '/' ? 1 : a.localeCompare(b)),
    ),
  )
  expect(values.get('/machine/vd0')?.get('addr')).toEqual({ kind: 'value', value: 7 })
  expect(values.get('/machine/vd0')?.get('broken')).toEqual({ kind: 'refused', why: 'no such thing' })
  expect(values.get('/objects/sec0')?.get('format')).toEqual({ kind: 'value', value: 'raw' })
  expect(from.asked).not.toContain('qom-get "/objects/sec0" "data"')
  expect(failed).toBe(0)
})

test('never more than 16 questions handed over at once, of which the worker has 8 in flight', async () => {
  const many = Array.from({ length: 100 }, (_, n) => [`d${n}`, 'child<x>'] as const)
  const from = machine({
    '/': many,
    ...Object.fromEntries(many.map(([name]) => [`/${name}`, [['a', 'int', 1] as const]])),
  })
  const { tree } = await whole(from)
  expect([tree.size, from.most()]).toEqual([101, 16])
})

test('where it is offered, one question has the values of many objects; a secret object is not among them', async () => {
  const from = machine(table)
  const { values } = await whole(from, { hasListGet: true })
  expect(from.asked.filter((each) => each.startsWith('qom-list-get'))).toEqual([
    'qom-list-get ["/","/machine","/objects","/machine/vd0"]',
  ])
  expect(values.get('/machine/vd0')?.get('addr')).toEqual({ kind: 'value', value: 7 })
  expect(from.asked).toContain('qom-get "/objects/sec0" "format"')
  expect(from.asked).not.toContain('qom-get "/objects/sec0" "data"')
})

test('stopped, it asks no more', async () => {
  const from = machine(table)
  const { tree, isCancelled } = await whole(from, { isCancelled: () => from.asked.length >= 2 })
  expect([isCancelled, tree.size, from.asked.length]).toEqual([true, 2, 2])
})

const objectsOf = (from: ReturnType<typeof machine>, listGet = false) => {
  let now = 0
  return new MachineObjects({
    ask: from.ask,
    many: from.ask,
    offers: (name) => name !== 'qom-list-get' || listGet,
    now: () => (now += 1),
  })
}

test('values are read two at a time, without secrets; one that is named is read', async () => {
  const from = machine(table)
  const objects = objectsOf(from)
  await objects.reveal('/objects/sec0')
  await objects.read('/objects/sec0')
  await objects.readValues('/objects/sec0')
  expect([...(objects.valuesOf('/objects/sec0')?.values.keys() ?? [])]).toEqual(['type', 'format'])
  expect(from.most()).toBeLessThanOrEqual(2)
  await objects.readValues('/objects/sec0', ['data'])
  expect(objects.valuesOf('/objects/sec0')?.values.get('data')).toEqual({ kind: 'value', value: 'hidden' })
})

test('a person who leaves ends the reading of values', async () => {
  const from = machine(table)
  const objects = objectsOf(from)
  await objects.read('/machine/vd0')
  from.asked.length = 0
  await objects.readValues('/machine/vd0', undefined, () => from.asked.length < 1)
  expect(from.asked).toEqual(['qom-get "/machine/vd0" "type"'])
})

test('what changed is marked until the next reading; a set value is known until it is as before', async () => {
  const now = { ...table, '/machine/vd0': [['addr', 'int32', 7] as const] }
  const from = machine(new Proxy(now, {}))
  const objects = objectsOf(from)
  const give = (value: number) => (now['/machine/vd0'] = [['addr', 'int32', value as 7]])
  await objects.read('/machine/vd0')
  await objects.readValues('/machine/vd0')
  give(8)
  await objects.wasSet('/machine/vd0', 'addr', 7)
  expect([...(objects.valuesOf('/machine/vd0')?.changed ?? [])]).toEqual(['addr'])
  expect(objects.setOf('/machine/vd0', 'addr')).toEqual({ before: 7 })
  give(9)
  await objects.wasSet('/machine/vd0', 'addr', 8)
  expect(objects.setOf('/machine/vd0', 'addr')).toEqual({ before: 7 })
  give(7)
  await objects.wasSet('/machine/vd0', 'addr', 9)
  expect(objects.setOf('/machine/vd0', 'addr')).toBeUndefined()
  await objects.readValues('/machine/vd0')
  expect(objects.valuesOf('/machine/vd0')?.changed.size).toBe(0)
})

test('an object that is gone says why, and is in the tree no more', async () => {
  const from = machine(table)
  const objects = objectsOf(from)
  await objects.read('/machine/gone')
  expect(objects.failed('/machine/gone')).toBe('no such thing')
  expect(objects.object('/machine/gone')).toBeUndefined()
})

test('plots: a point for each reading, 12 at most; moments: 3', async () => {
  const from = machine(table)
  const objects = objectsOf(from)
  await objects.read('/machine/vd0')
  await objects.readValues('/machine/vd0')
  expect(objects.plot('/machine/vd0', 'addr')).toBe(true)
  await objects.sample('/machine/vd0')
  expect(objects.plots[0]?.points.map(({ value }) => value)).toEqual([7, 7])
  for (let n = 0; n < 11; n += 1) objects.plot('/machine/vd0', `p${n}`)
  expect(objects.plot('/machine/vd0', 'one-more')).toBe(false)
  for (let n = 0; n < 5; n += 1) objects.keepMoment()
  expect(objects.moments.map(({ id }) => id)).toEqual([3, 4, 5])
})

test('another connection forgets what was read, and keeps the moments; opened again, an object is read again', async () => {
  const from = machine(table)
  const objects = objectsOf(from)
  objects.connected(1)
  await objects.open('/')
  await objects.open('/')
  expect(from.asked).toEqual(['qom-list "/"', 'qom-list "/"'])
  objects.keepMoment()
  objects.connected(1)
  expect(objects.size).toBe(1)
  objects.connected(2)
  expect([objects.size, objects.moments.length]).toEqual([0, 1])
})

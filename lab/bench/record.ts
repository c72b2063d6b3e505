/**
 * The record of a machine: one million events of about 220 bytes.
 *
 * Memory is measured in a process of its own (record-memory.ts). Bins: of all rows, as the page has them, and of parts of
 * them, a million of them and ten thousand. The texts for the search are such as are not found.
 */
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { createStore } from '#store/store.ts'
import { createScan } from '#store/scan/scan.ts'
import { createViews } from '#store/queries.ts'
import type { Filter } from '#record/filter/filter.ts'
import { RowSet } from '#trace/rows/row-set.ts'
import type { Store } from '#store/store.ts'
import { root } from '../paths.ts'
import { interleave, median } from './measure.ts'
import type { Benchmark, Figure } from './measure.ts'
import { createEvents, start } from './record-events.ts'

const million = 1_000_000

/** A record of `rows` events, one every `everyMs` milliseconds. */
function filled(rows: number, everyMs: number = 1): Store {
  const store = createStore()
  const next = createEvents(everyMs)
  for (let seq = 0; seq < rows; seq += 1) {
    const { row, text } = next(seq)
    store.add(row, text)
  }
  return store
}

function ingest(): Figure {
  const next = createEvents()
  const events = Array.from({ length: 100_000 }, (_, seq) => next(seq))
  const speeds = Array.from({ length: 3 }, () => {
    const store = createStore()
    const begin = performance.now()
    for (let round = 0; round < million / events.length; round += 1) {
      for (const { row, text } of events) {
        // The same rows again with other numbers: making a million objects is not what is measured.
        row.seq = store.nextSeq
        row.at = start + store.nextSeq
        store.add(row, text)
      }
    }
    return million / ((performance.now() - begin) / 1000)
  })
  return { value: median(speeds), unit: 'events a second', goal: '>= 200000' }
}

function memory(): Readonly<Record<string, Figure>> {
  const child = spawnSync(
    process.execPath,
    ['--expose-gc', '--import', 'tsx', join(root, 'lab', 'bench', 'record-memory.ts')],
    { cwd: root, encoding: 'utf8' },
  )
  const [beside, whole] = child.stdout.trim().split(' ').map(Number)
  if (beside === undefined || whole === undefined || !(whole > 0)) {
    throw new Error(`the memory benchmark failed: ${child.stderr}`)
  }
  return {
    'record of 1,000,000 events: memory beside the text': {
      value: beside,
      unit: 'bytes an event',
      goal: '<= 200',
    },
    'record of 1,000,000 events: memory': { value: whole, unit: 'MB', goal: '<= 350' },
  }
}

function scanTime(store: Store, filter: Filter): { readonly ms: number; readonly longestMs: number } {
  const scan = createScan(store, filter, () => performance.now())
  const begin = performance.now()
  let longestMs = 0
  for (let done = false; !done;) {
    const from = performance.now()
    done = scan.step(16)
    longestMs = Math.max(longestMs, performance.now() - from)
  }
  return { ms: performance.now() - begin, longestMs }
}

function filter(): Readonly<Record<string, Figure>> {
  const store = filled(million)
  const measure = (each: Filter): { readonly ms: number; readonly longestMs: number } => {
    const times = Array.from({ length: 7 }, () => scanTime(store, each))
    return {
      ms: median(times.map(({ ms }) => ms)),
      longestMs: Math.max(...times.map(({ longestMs }) => longestMs)),
    }
  }
  const names = measure({ names: ['BLOCK_JOB_*'] })
  const text = measure({ texts: [{ find: 'drive-virtio-disk99', matchCase: false }] })
  const short = measure({ texts: [{ find: 'cache', matchCase: false }] })
  const value = measure({
    values: [{ path: ['data', 'device'], any: [{ kind: 'equals', value: 'drive99' }] }],
  })
  const number = measure({ values: [{ path: ['data', 'offset'], any: [{ kind: 'below', value: 0 }] }] })
  const both = measure({
    names: ['STOP'],
    values: [{ path: ['data', 'device'], any: [{ kind: 'glob', glob: 'drive99*' }] }],
  })
  const steps = [names, text, short, value, number, both].map(({ longestMs }) => longestMs)
  return {
    '1,000,000 events by name': { value: names.ms, unit: 'ms', goal: '<= 20' },
    '1,000,000 events by text': { value: text.ms, unit: 'ms', goal: '<= 150' },
    '1,000,000 events by a short text': { value: short.ms, unit: 'ms', goal: '<= 150' },
    '1,000,000 events by a value': { value: value.ms, unit: 'ms', goal: '<= 150' },
    '1,000,000 events by a number': { value: number.ms, unit: 'ms', goal: '<= 300' },
    '1,000,000 events by name and JSON': { value: both.ms, unit: 'ms', goal: '<= 300' },
    'longest step of a scan': { value: Math.max(...steps), unit: 'ms', goal: '<= 30' },
  }
}

/** All rows of such a record, as the page has them. */
function rowsOf(store: Store): RowSet {
  const views = createViews(store, () => performance.now())
  const set = new RowSet()
  const found = views.found(views.open({}), Number.POSITIVE_INFINITY)
  if (found !== undefined) set.append(found)
  return set
}

async function bins(): Promise<Readonly<Record<string, Figure>>> {
  const few = rowsOf(filled(10_000))
  const many = rowsOf(filled(million))
  // All that is there, and less and less of its middle: rows are in every bin of each.
  const ask = (set: RowSet): void => {
    for (const width of [set.length, 10_000, 5000, 2000]) {
      const middle = start + set.length / 2
      for (let round = 0; round < 10; round += 1) set.bins(middle - width / 2, middle + width / 2, 1000)
    }
  }
  const { baselineMs, subjectMs } = await interleave(
    () => ask(few),
    () => ask(many),
    25,
  )
  return {
    'bins of 1,000,000 events': {
      value: subjectMs / baselineMs,
      unit: 'times those of 10,000',
      goal: '<= 2',
    },
    'bins of 1,000,000 events: 1,000 bins': { value: subjectMs / 40, unit: 'ms', goal: '<= 16' },
  }
}

/** The benchmarks of the record. */
export const benchmarks: readonly Benchmark[] = [
  { name: 'record, memory', run: () => Promise.resolve(memory()) },
  {
    name: 'record, ingest',
    run: () => Promise.resolve({ 'record: events taken in': ingest() }),
  },
  { name: 'record, filter', run: () => Promise.resolve(filter()) },
  { name: 'record, bins', run: bins },
]

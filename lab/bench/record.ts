/**
 * The record of a machine: one million events of about 220 bytes, against bare loops over the same rows in arrays of
 * strings and numbers. The texts for the search are such as are not found. Memory is measured in a process of its own.
 */
import { readFileSync } from 'node:fs'
import type { Filter } from '#record/filter/filter.ts'
import { createQueries } from '#store/queries.ts'
import { createScan } from '#store/scan/scan.ts'
import { createStore } from '#store/store.ts'
import type { Store } from '#store/store.ts'
import { RowSet } from '#trace/rows/row-set.ts'
import { benchmark } from './measure.ts'
import type { Benchmark, Ratio } from './measure.ts'
import { createEvents, start } from './parts/events.ts'
import { memoryOf } from './parts/in-child.ts'

const million = 1_000_000

/** A record of that number of events, one a millisecond. */
function filled(rows: number): Store {
  const store = createStore()
  const next = createEvents()
  for (let seq = 0; seq < rows; seq += 1) {
    const { row, text } = next(seq)
    store.add(row, text)
  }
  return store
}

// ── taking events in ─────────────────────────────────────────────────────────────────────────────────────────────

const openEvents = () => {
  const next = createEvents()
  return Array.from({ length: 100_000 }, (_, seq) => next(seq))
}

/** The same rows ten times, with other numbers: making a million objects is not measured. */
function takeIn(events: ReturnType<typeof openEvents>): void {
  const store = createStore()
  for (let round = 0; round < million / events.length; round += 1) {
    for (const { row, text } of events) {
      row.seq = store.nextSeq
      row.at = start + store.nextSeq
      store.add(row, text)
    }
  }
}

/** The least that a record can do: texts as bytes in one buffer, and a number and a name beside each. */
function takeInBare(events: ReturnType<typeof openEvents>): void {
  const encoder = new TextEncoder()
  const at = new Float64Array(million)
  const ends = new Float64Array(million)
  const names: string[] = []
  let bytes = new Uint8Array(1024 * 1024)
  let end = 0
  for (let seq = 0; seq < million; seq += 1) {
    const event = events[seq % events.length]
    if (event === undefined) break
    if (bytes.length - end < event.text.length * 3) {
      const larger = new Uint8Array(bytes.length * 2)
      larger.set(bytes)
      bytes = larger
    }
    end += encoder.encodeInto(event.text, bytes.subarray(end)).written
    at[seq] = start + seq
    ends[seq] = end
    names.push(event.row.name)
  }
}

// ── filters ──────────────────────────────────────────────────────────────────────────────────────────────────────

interface Rows {
  readonly store: Store
  readonly names: readonly string[]
  readonly texts: readonly string[]
}

function openRows(): Rows {
  const next = createEvents()
  const names: string[] = []
  const texts: string[] = []
  for (let seq = 0; seq < million; seq += 1) {
    const { row, text } = next(seq)
    names.push(row.name)
    texts.push(text)
  }
  return { store: filled(million), names, texts }
}

function scan(store: Store, filter: Filter): void {
  const found = createScan(store, filter, () => performance.now())
  while (!found.step(16));
}

interface Event {
  readonly data: { readonly device: string; readonly offset: number }
}

const parsed = (text: string): Event['data'] => (JSON.parse(text) as Event).data

/** A bare loop: the numbers of the rows that fulfil a condition. */
function loop({ names, texts }: Rows, isFound: (name: string, text: string) => boolean): void {
  const found: number[] = []
  for (let seq = 0; seq < million; seq += 1) {
    if (isFound(names[seq] ?? '', texts[seq] ?? '')) found.push(seq)
  }
}

/** How a scan compares with the bare loop. */
function filtering(
  by: string,
  goal: string,
  unit: string,
  filter: Filter,
  isFound: (name: string, text: string) => boolean,
): Ratio<Rows> {
  return {
    name: `1,000,000 events by ${by}`,
    unit: `times a bare loop over the same rows, ${unit}`,
    goal,
    rounds: 5,
    baseline: (rows) => loop(rows, isFound),
    work: ({ store }) => scan(store, filter),
  }
}

/** Of JSON, as much as a scan parses between two looks at the clock. */
const partBytes = 1024 * 1024

/**
 * CPU time of this thread, in milliseconds; of the whole process where the system does not tell it. Beside this thread the
 * engine collects what the last parsing left and compiles: on an idle second core that is more than a part takes, and
 * nobody waits for it.
 */
function threadMs(): number {
  // The system brings the thread's clock up to date when it is asked for that of the process.
  const { user, system } = process.cpuUsage()
  try {
    return Number.parseInt(readFileSync('/proc/thread-self/schedstat', 'latin1'), 10) / 1_000_000
  } catch {
    return (user + system) / 1000
  }
}

/** The longest of the first hundred parts of a scan, in milliseconds of CPU time. */
function longestPart({ store }: Rows): number {
  const filter: Filter = { values: [{ path: ['data', 'offset'], any: [{ kind: 'below', value: 0 }] }] }
  // Each step is one part: its time is over after it.
  const parts = createScan(store, filter, () => 0)
  let longest = 0
  for (let part = 0; part < 100; part += 1) {
    const begin = threadMs()
    const isOver = parts.step(0)
    longest = Math.max(longest, threadMs() - begin)
    if (isOver) break
  }
  return longest
}

function parsePart({ texts }: Rows): number {
  const begin = threadMs()
  let bytes = 0
  for (const text of texts) {
    parsed(text)
    bytes += text.length
    if (bytes >= partBytes) break
  }
  return threadMs() - begin
}

// ── bins ─────────────────────────────────────────────────────────────────────────────────────────────────────────

/** All rows of such a record, as the page has them. */
function rowsOf(store: Store): RowSet {
  const views = createQueries(store, () => performance.now())
  const set = new RowSet()
  const found = views.readQuery(views.openQuery({}), Number.POSITIVE_INFINITY)
  if (found !== undefined) set.append(found)
  return set
}

interface Sets {
  readonly few: RowSet
  readonly many: RowSet
  readonly times: Float64Array
}

/** The stretches that are counted: all that is there, and less and less of its middle. Rows are in every bin of each. */
const stretches = (rows: number): readonly (readonly [from: number, to: number])[] =>
  [rows, 10_000, 5000, 2000].map((width) => [start + rows / 2 - width / 2, start + rows / 2 + width / 2])

function countBins(set: RowSet): void {
  for (const [from, to] of stretches(set.length)) {
    for (let round = 0; round < 100; round += 1) set.bins(from, to, 1000)
  }
}

/** Once where the app counts a hundred times: each row is looked at. */
function countBare({ times }: Sets): void {
  for (const [from, to] of stretches(times.length)) {
    const bins = new Uint32Array(1000)
    const scale = bins.length / (to - from)
    for (const at of times) {
      if (at < from || at >= to) continue
      const bin = Math.floor((at - from) * scale)
      bins[bin] = (bins[bin] ?? 0) + 1
    }
  }
}

const parse = 'with JSON.parse of each'

/** The benchmarks of the record. */
export const benchmarks: readonly Benchmark[] = [
  benchmark('record, memory', {
    open: () => memoryOf('record'),
    figures: [
      {
        name: 'record of 1,000,000 events: memory beside the text',
        unit: 'bytes an event',
        goal: '<= 200',
        measure: ([beside]) => beside ?? Number.NaN,
      },
      {
        name: 'record of 1,000,000 events: memory',
        unit: 'MB',
        goal: '<= 350',
        measure: ([, all]) => all ?? Number.NaN,
      },
    ],
  }),
  benchmark('record, ingest', {
    open: openEvents,
    figures: [
      {
        name: 'record: events taken in',
        unit: 'of the speed of encoding the same texts into one buffer',
        goal: '>= 0.55',
        rounds: 5,
        baseline: takeInBare,
        work: takeIn,
      },
    ],
  }),
  benchmark('record, filter', {
    open: openRows,
    figures: [
      filtering('name', '<= 0.58', 'by startsWith', { names: ['BLOCK_JOB_*'] }, (name) =>
        name.startsWith('BLOCK_JOB_'),
      ),
      filtering(
        'text',
        '<= 1.34',
        'by a regular expression',
        { texts: [{ find: 'drive-virtio-disk99', matchCase: false }] },
        (_, text) => /drive-virtio-disk99/i.test(text),
      ),
      filtering(
        'a short text',
        '<= 2.6',
        'by a regular expression',
        { texts: [{ find: 'cache', matchCase: false }] },
        (_, text) => /cache/i.test(text),
      ),
      filtering(
        'a value',
        '<= 0.14',
        parse,
        { values: [{ path: ['data', 'device'], any: [{ kind: 'equals', value: 'drive99' }] }] },
        (_, text) => parsed(text).device === 'drive99',
      ),
      filtering(
        'a number',
        '<= 0.3',
        parse,
        { values: [{ path: ['data', 'offset'], any: [{ kind: 'below', value: 0 }] }] },
        (_, text) => parsed(text).offset < 0,
      ),
      filtering(
        'name and JSON',
        '<= 2.6',
        `${parse} of that name`,
        {
          names: ['STOP'],
          values: [{ path: ['data', 'device'], any: [{ kind: 'glob', glob: 'drive99*' }] }],
        },
        (name, text) => name === 'STOP' && parsed(text).device.startsWith('drive99'),
      ),
      {
        name: 'longest step of a scan',
        unit: 'times JSON.parse of 1 MB of the same rows',
        goal: '<= 0.75',
        baseline: parsePart,
        work: longestPart,
      },
    ],
  }),
  benchmark('record, bins', {
    open: (): Sets => {
      const [few, many] = [rowsOf(filled(10_000)), rowsOf(filled(million))]
      return { few, many, times: Float64Array.from({ length: million }, (_, seq) => start + seq) }
    },
    figures: [
      {
        name: 'bins of 1,000,000 events',
        unit: 'times those of 10,000',
        goal: '<= 2',
        rounds: 25,
        baseline: ({ few }) => countBins(few),
        work: ({ many }) => countBins(many),
      },
      {
        name: 'bins of 1,000,000 events: 1,000 bins, a hundred times',
        unit: 'times one bare count of all rows',
        goal: '<= 2.2',
        baseline: countBare,
        work: ({ many }) => countBins(many),
      },
    ],
  }),
]

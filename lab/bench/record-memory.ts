/**
 * Run by record.ts in a process of its own: records a million events, and prints the resident memory that they take, as
 * bytes an event beside the texts and as megabytes in all.
 */
import { createStore } from '#store/store.ts'
import { createEvents } from './record-events.ts'

const events = 1_000_000
const collect = (globalThis as { gc?: () => void }).gc ?? ((): void => undefined)

const next = createEvents()
let size = 0
collect()
const before = process.memoryUsage.rss()
const store = createStore()
for (let seq = 0; seq < events; seq += 1) {
  const { row, text } = next(seq)
  size += text.length
  store.add(row, text)
}
collect()
const taken = process.memoryUsage.rss() - before
if (store.totals().dropped > 0) throw new Error('some events were dropped')
console.log(`${(taken - size) / events} ${taken / 1_000_000}`)

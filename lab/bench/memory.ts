/**
 * What something takes of memory, measured in a process of its own, which this file is: `reply` reads one reply of
 * 60 MB and prints its highest resident size as a ratio to the reply's; `record` records a million events and prints the
 * bytes of an event beside its text, and all megabytes.
 */
import { createFramer } from '#qmp/wire/framer.ts'
import { createStore } from '#store/store.ts'
import { createEvents } from './parts/events.ts'

const collect = (globalThis as { gc?: () => void }).gc ?? ((): void => undefined)
const resident = (): number => process.memoryUsage.rss()

function readReply(): readonly number[] {
  const entry =
    '{"name": "query-block", "meta-type": "command", "arg-type": "0", "members": [{"name": "device", "type": "str"}]}'
  const size = 60 * 1024 * 1024
  const encoder = new TextEncoder()
  let peak = 0
  const sample = (): void => {
    peak = Math.max(peak, resident())
  }
  let held: unknown
  const framer = createFramer({
    message: (value) => {
      held = value
      sample()
    },
    problem: (problem) => {
      throw new Error(problem.kind)
    },
  })
  collect()
  const before = resident()
  // As in every session: the reply is not the first that the server says.
  framer.push(
    encoder.encode(
      '{"QMP": {"version": {"qemu": {"micro": 0, "minor": 2, "major": 7}, "package": ""}, "capabilities": []}}\r\n',
    ),
  )
  let sent = 0
  // Made chunk by chunk, so that the reply is nowhere but in the framer.
  let text = `{"return": [${entry}`
  while (sent < size) {
    while (text.length < 65_536) text += `, ${entry}`
    const chunk = encoder.encode(text.slice(0, 65_536))
    text = text.slice(65_536)
    framer.push(chunk)
    sent += chunk.length
    // What the loop itself leaves behind is not the framer's.
    if (sent % (64 * 65_536) === 0) collect()
    sample()
  }
  framer.push(encoder.encode(`${text}], "id": 1}\r\n`))
  sample()
  if (held === undefined) throw new Error('the reply did not come through')
  return [(peak - before) / sent]
}

function recordEvents(): readonly number[] {
  const events = 1_000_000
  const next = createEvents()
  let size = 0
  collect()
  const before = resident()
  const store = createStore()
  for (let seq = 0; seq < events; seq += 1) {
    const { row, text } = next(seq)
    size += text.length
    store.add(row, text)
  }
  collect()
  const taken = resident() - before
  if (store.totals().dropped > 0) throw new Error('some events were dropped')
  return [(taken - size) / events, taken / 1_000_000]
}

console.log(JSON.stringify(process.argv[2] === 'record' ? recordEvents() : readReply()))

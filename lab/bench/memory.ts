/** Run by framing.ts in a process of its own: prints the peak memory of reading one 60 MB reply, as a ratio to its size. */
import { createFramer } from '#qmp/wire/framer.ts'

const entry =
  '{"name": "query-block", "meta-type": "command", "arg-type": "0", "members": [{"name": "device", "type": "str"}]}'
const size = 60 * 1024 * 1024
const encoder = new TextEncoder()
const collect = (globalThis as { gc?: () => void }).gc ?? ((): void => undefined)

let peak = 0
function sample(): void {
  peak = Math.max(peak, process.memoryUsage.rss())
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
const before = process.memoryUsage.rss()
// As in every session: the reply is not the first that the server says.
framer.push(
  encoder.encode(
    '{"QMP": {"version": {"qemu": {"micro": 0, "minor": 2, "major": 7}, "package": ""}, "capabilities": []}}\r\n',
  ),
)
let sent = 0
// Made chunk by chunk, so that the reply is nowhere but in the framer.
let text = '{"return": ['
let first = true
while (sent < size) {
  while (text.length < 65_536) {
    text += first ? entry : `, ${entry}`
    first = false
  }
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
console.log((peak - before) / sent)

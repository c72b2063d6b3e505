/** `npm run bench`: every figure with its goal, as a table, or with `--json` as one object. */
import { parseArgs } from 'node:util'
import { benchmarks as agentFile } from './channels/agent-file.ts'
import { benchmarks as blocks } from './blocks.ts'
import { benchmarks as commands } from './commands.ts'
import { benchmarks as explorer } from './explorer.ts'
import { benchmarks as firstLoad } from './first-load.ts'
import { benchmarks as framing } from './framing.ts'
import { benchmarks as gate } from './channels/gate.ts'
import { benchmarks as inspect } from './inspect.ts'
import { benchmarks as largeReply } from './large-reply.ts'
import { reaches } from './measure.ts'
import type { Benchmark, Figure } from './measure.ts'
import { benchmarks as models } from './models.ts'
import { benchmarks as objects } from './objects.ts'
import { benchmarks as record } from './record.ts'
import { benchmarks as roundTrip } from './round-trip.ts'
import { benchmarks as screen } from './channels/screen.ts'
import { benchmarks as serial } from './channels/serial.ts'
import { benchmarks as timeline } from './timeline.ts'

/** All benchmarks, in the order in which they run. */
export const benchmarks: readonly Benchmark[] = [
  ...framing,
  ...firstLoad,
  ...models,
  ...roundTrip,
  ...explorer,
  ...commands,
  ...largeReply,
  ...record,
  ...timeline,
  ...serial,
  ...screen,
  ...agentFile,
  ...gate,
  ...objects,
  ...blocks,
  ...inspect,
]

/**
 * The command: `--json` for one object, `--list` for names and goals alone, `--only WORD`, or the word alone, for the
 * figures and benchmarks whose name has that word; several words give those of each. Returns the exit code: 1 where
 * something could not be measured, which is told on the error output; a missed goal is no failure. A signal ends the run,
 * and all that it has started.
 */
export async function runBench(args: readonly string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      only: { type: 'string', multiple: true, default: [] },
      json: { type: 'boolean', default: false },
      list: { type: 'boolean', default: false },
    },
  })
  const words = [...values.only, ...positionals]
  const isWanted = (name: string): boolean => words.length === 0 || words.some((word) => name.includes(word))
  if (values.list) {
    for (const { name, figures } of benchmarks) {
      for (const each of figures.filter((figure) => isWanted(figure.name) || isWanted(name))) {
        console.log(`${each.name}: ${each.goal} ${each.unit}`)
      }
    }
    return 0
  }
  const measured: Record<string, Figure> = {}
  let code = 0
  const told = {
    measured: (name: string, figure: Figure): void => {
      measured[name] = figure
      if (!values.json) console.log(lineOf(name, figure))
    },
    failed: (name: string, error: unknown): void => {
      console.error(`FAIL ${name}: ${error instanceof Error ? error.message : String(error)}`)
      code = 1
    },
  }
  const ended = new AbortController()
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(name, () => ended.abort())
  for (const benchmark of benchmarks) await benchmark.run(isWanted, told, ended.signal)
  // What was being opened, and cannot be ended in turn, ends with this process.
  if (ended.signal.aborted) process.exit(1)
  if (values.json) console.log(JSON.stringify(measured, null, 2))
  return code
}

function lineOf(name: string, figure: Figure): string {
  const { value, unit, goal, absolute } = figure
  const beside = absolute === undefined ? '' : `: ${absolute}`
  return `${reaches(figure) ? 'ok  ' : 'MISS'} ${name}: ${value} ${unit} (goal ${goal})${beside}`
}

/** `npm run bench`: every figure with its goal, as a table, or with `--json` as one object. */
import { benchmarks as commands } from './commands.ts'
import { benchmarks as explorer } from './explorer.ts'
import { benchmarks as firstLoad } from './first-load.ts'
import { benchmarks as framing } from './framing.ts'
import { reaches } from './measure.ts'
import type { Figure } from './measure.ts'
import { benchmarks as record } from './record.ts'
import { benchmarks as largeReply } from './large-reply.ts'
import { benchmarks as roundTrip } from './round-trip.ts'
import { benchmarks as timeline } from './timeline.ts'

/** The command: `--json` for one object, any other word for the benchmarks whose name has it. Returns the exit code. */
export async function runBench(args: readonly string[]): Promise<number> {
  const json = args.includes('--json')
  const wanted = args.filter((each) => !each.startsWith('--'))
  const figures: Record<string, Figure> = {}
  const all = [
    ...framing,
    ...firstLoad,
    ...roundTrip,
    ...explorer,
    ...commands,
    ...largeReply,
    ...record,
    ...timeline,
  ]
  for (const benchmark of all) {
    if (wanted.length > 0 && !wanted.some((each) => benchmark.name.includes(each))) continue
    for (const [name, figure] of Object.entries(await benchmark.run())) {
      figures[name] = { ...figure, value: Number(figure.value.toPrecision(3)) }
      if (!json) {
        const mark = reaches(figure) ? 'ok  ' : 'MISS'
        console.log(`${mark} ${name}: ${figure.value.toPrecision(3)} ${figure.unit} (goal ${figure.goal})`)
      }
    }
  }
  if (json) console.log(JSON.stringify(figures, null, 2))
  return 0
}

/** What `npm run …` runs: one word, and the arguments of that word. */
import { runBench } from './bench/bench.ts'
import { runCheck } from './check.ts'
import { runDev } from './dev.ts'
import { runGate } from './gate/gate-command.ts'
import { runPack } from './package/pack.ts'
import { runPictures } from './pictures.ts'
import { endSignal, runOpen, runStart } from './start.ts'
import { runEndToEnd, runFuzz, runReal, runTests, runUnit } from './test.ts'

const [word, ...args] = process.argv.slice(2)
const words: Readonly<Record<string, (args: readonly string[]) => Promise<number>>> = {
  start: runStart,
  gate: (rest) => runGate(rest, endSignal()),
  open: runOpen,
  dev: runDev,
  check: runCheck,
  test: runTests,
  'test:unit': runUnit,
  'test:real': runReal,
  'test:e2e': runEndToEnd,
  'test:fuzz': runFuzz,
  bench: runBench,
  pictures: runPictures,
  prepack: runPack,
}
const run = word === undefined ? undefined : words[word]
if (run === undefined) {
  console.error(`There is no “${word ?? ''}” here. There is: ${Object.keys(words).join(', ')}.`)
  process.exitCode = 2
} else {
  process.exitCode = await run(args)
}

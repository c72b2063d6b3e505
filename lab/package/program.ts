/** What the installed program `qmp-studio` does. Packed into one file by pack.ts. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { runGate } from '../gate/gate-command.ts'
import { root } from '../paths.ts'
import { endSignal, runOpen, runStart } from '../start.ts'

const usage = `qmp-studio COMMAND [OPTIONS]

  start       the page, its bridge and a demo machine; prints one address
  gate        the gate alone: several clients on each machine of a folder
  open FILE   the page with a recording, a schema, a manual or a collection; nothing is connected
  --version   the version

  qmp-studio COMMAND --help lists the options of a command.`

const [word, ...args] = process.argv.slice(2)

async function run(): Promise<number> {
  switch (word) {
    case 'start':
      return runStart(args)
    case 'gate':
      return runGate(args, endSignal())
    case 'open':
      return runOpen(args)
    case '--version':
      console.log(
        (JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string }).version,
      )
      return 0
    case '--help':
    case '-h':
      console.log(usage)
      return 0
    default:
      console.error(word === undefined ? usage : `There is no command “${word}”.\n\n${usage}`)
      return 2
  }
}

process.exitCode = await run()

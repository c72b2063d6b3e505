/**
 * The gate of a lab: between the bridge and the machines. Two keys lead to it: by the file of tokens, the one of the lab to
 * the sockets with all rights, the one for watching to the others.
 * Tested by lab/gate/lab-gate.real.test.ts.
 */
import { join } from 'node:path'
import { err, ok } from '#base/result.ts'
import type { Result } from '#base/result.ts'
import { splitName } from '../bridge/lab-list.ts'
import type { FoundSocket } from '../bridge/lab-list.ts'
import type { ListedGate } from '../bridge/list-keeper.ts'
import { tokenLines, whyNoTarget } from '../bridge/tokens.ts'
import { gatedChannels, openRecord, withoutPolite } from './gate-command.ts'
import { createGate, isGated } from './gate.ts'

/** What the gate of a lab is made of. */
export interface LabGateOptions {
  /** The private folder of the lab. */
  readonly run: string
  /** The folder of the machines' sockets, and how the bridge names it. */
  readonly sockets: string
  readonly target: string
  readonly key: string
  readonly watchKey: string
  readonly audit: string | undefined
  readonly say: (words: string) => void
}

/** A gate that ends with its lab. */
export interface LabGate extends ListedGate {
  /** The folder of the sockets at which the bridge says who its clients are. */
  readonly bridgeFolder: string
  stop(): void
}

/** Open the gate of a lab. The failure is a sentence. */
export function openLabGate(options: LabGateOptions): Result<LabGate, string> {
  const { run, sockets, target, key, watchKey, audit, say } = options
  const folder = join(run, 'gate')
  const wrong = whyNoTarget(folder)
  if (wrong !== undefined) return err(wrong)
  const kept = openRecord(audit, say)
  if (!kept.ok) return kept
  const gate = createGate({ folder, hasBridge: true, record: kept.value.record, say })
  const channelOf = (file: string): string => splitName(file)?.channel ?? ''
  // The gate's own socket of that name, wherever the machine's is.
  const own = ({ file, listening, madeAt }: FoundSocket): FoundSocket => ({ file, listening, madeAt })
  return ok({
    watchKey,
    bridgeFolder: gate.bridgeFolder,
    follow(found: readonly FoundSocket[]) {
      void gate.setChannels(gatedChannels(withoutPolite(found).taken, sockets))
    },
    problems(found: readonly FoundSocket[]) {
      const { why } = withoutPolite(found)
      return why === undefined ? [] : [why]
    },
    tokenLines(found: readonly FoundSocket[]) {
      const { taken, left } = withoutPolite(found)
      const full = taken.filter(({ file }) => isGated(channelOf(file), 'full'))
      const watched = taken.filter(({ file }) => isGated(channelOf(file), 'watch'))
      const rest = [...left, ...taken.filter(({ file }) => !isGated(channelOf(file), 'full'))]
      return (
        tokenLines(full.map(own), join(gate.bridgeFolder, 'full'), key) +
        tokenLines(rest, target, key) +
        tokenLines(watched.map(own), join(gate.bridgeFolder, 'watch'), watchKey) +
        takeLines(taken.map(own), join(gate.bridgeFolder, 'take'), key)
      )
    },
    stop() {
      gate.stop()
      kept.value.close()
    },
  })
}

/** The tokens by which a line is taken over: KEY.take.NAME.CHANNEL. A machine of that name goes first. */
function takeLines(found: readonly FoundSocket[], folder: string, key: string): string {
  const taken = new Set(found.map(({ file }) => file))
  return found
    .filter(({ file }) => isGated(splitName(file)?.channel ?? '', 'take') && !taken.has(`take.${file}`))
    .map(({ file }) => `${key}.take.${file}: unix_socket:${join(folder, file)}\n`)
    .join('')
}

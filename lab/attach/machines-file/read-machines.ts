/**
 * Reads the file of `--machines`: machines with channels at any paths and ports, in groups, with notes. A fault names its
 * line.
 * @adr 0064
 */
import { isAbsolute, resolve } from 'node:path'
import { readChannelName } from '#base/channel-name.ts'
import { clip } from '#base/clip.ts'
import { parseJson } from '#base/json/parse.ts'
import { isJsonObject } from '#base/json/value.ts'
import type { Json, JsonObject } from '#base/json/value.ts'
import { err, ok } from '#base/result.ts'
import type { Result } from '#base/result.ts'
import { isMachineName } from '../../bridge/lab-list.ts'
import type { SocketTarget } from '../../bridge/lab-list.ts'
import { whyNoTarget } from '../../bridge/tokens.ts'
import { readHostPort } from '../attached.ts'
import type { AttachedChannel, AttachedMachine } from '../attached.ts'

/** Machines of a file at most: a page shows a list of them. */
const mostMachines = 1000
/** Characters of a group's name, and of a note. */
const longestGroup = 60
const longestNote = 500

/** A fault: a sentence, and texts that stand one after the other in the file, the last of them at the fault. */
class Fault extends Error {
  readonly at: readonly string[]

  constructor(words: string, at: readonly string[]) {
    super(words)
    this.at = at
  }
}

/** Read the text of a file. `folder` is where it is: paths may begin there. The failure names file, line and what is wrong. */
export function readMachines(
  text: string,
  file: string,
  folder: string,
): Result<readonly AttachedMachine[], string> {
  const parsed = parseJson(text)
  if (!parsed.ok) {
    const { line, column, message } = parsed.error
    return err(`${file}, line ${line}, column ${column}: ${message}.`)
  }
  try {
    return ok(machinesOf(parsed.value, folder))
  } catch (error) {
    if (!(error instanceof Fault)) throw error
    return err(`${file}, line ${lineOf(text, error.at)}: ${error.message}`)
  }
}

/** The line, from 1, of the last of these texts, each looked for behind the one before. What is not found is passed over. */
function lineOf(text: string, needles: readonly string[]): number {
  let at = 0
  let end = 0
  for (const needle of needles) {
    const found = text.indexOf(needle, end)
    if (found < 0) continue
    at = found
    end = found + needle.length
  }
  return text.slice(0, at).split('\n').length
}

function machinesOf(value: Json, folder: string): readonly AttachedMachine[] {
  if (!isJsonObject(value)) throw new Fault('an object with “machines” is expected.', [])
  checkMembers(value, ['version', 'machines'], 'The file', [])
  if (value.version !== 1) throw new Fault('“version” is 1.', ['"version"'])
  const { machines } = value
  if (!Array.isArray(machines)) throw new Fault('“machines” is a list.', ['"machines"'])
  if (machines.length > mostMachines)
    throw new Fault(`there are more than ${mostMachines} machines.`, ['"machines"'])
  const read: AttachedMachine[] = []
  const names = new Set<string>()
  // A fault of a machine without a name is found behind the one before.
  let before: readonly string[] = ['"machines"']
  for (const [index, each] of (machines as readonly Json[]).entries()) {
    const machine = readMachine(each, index, before, folder)
    if (names.has(machine.name)) {
      throw new Fault(`there are two machines “${machine.name}”.`, [...before, printed(machine.name)])
    }
    names.add(machine.name)
    read.push(machine)
    before = [...before, printed(machine.name)]
  }
  return read
}

function readMachine(value: Json, index: number, before: readonly string[], folder: string): AttachedMachine {
  const nth = `Machine ${index + 1}`
  if (!isJsonObject(value)) throw new Fault(`${nth} is no object.`, before)
  const { name } = value
  if (typeof name !== 'string') throw new Fault(`${nth} has no “name”.`, before)
  const at = [...before, printed(name)]
  const shown = `“${clip(name, longestGroup)}”`
  if (!isMachineName(name)) {
    throw new Fault(`${shown} is no name of a machine: letters, digits, “.”, “_” and “-”.`, at)
  }
  checkMembers(value, ['name', 'group', 'note', 'channels'], shown, at)
  const group = textOf(value, 'group', longestGroup, shown, at)
  const note = textOf(value, 'note', longestNote, shown, at)
  const { channels } = value
  if (channels === undefined || !isJsonObject(channels) || Object.keys(channels).length === 0) {
    throw new Fault(`${shown} has no “channels”: an object such as {"qmp": "/run/vm.sock"}.`, at)
  }
  return {
    name,
    ...(group === undefined ? {} : { group }),
    ...(note === undefined ? {} : { note }),
    channels: Object.entries(channels).map(([channel, target]) =>
      readChannel(channel, target, `${channel} of ${shown}`, [...at, printed(channel)], folder),
    ),
  }
}

function readChannel(
  name: string,
  value: Json,
  shown: string,
  at: readonly string[],
  folder: string,
): AttachedChannel {
  if (readChannelName(name) === undefined) {
    throw new Fault(
      `${shown}: a channel is qmp, hmp, serial, vnc or qga, with a number where there are several (serial1).`,
      at,
    )
  }
  if (typeof value === 'string') return { name, target: targetOf(value, shown, at, folder) }
  if (!isJsonObject(value)) throw new Fault(`${shown} is a path, HOST:PORT, or an object with “at”.`, at)
  checkMembers(value, ['at', 'label', 'polite'], shown, at)
  const { at: place, polite } = value
  if (typeof place !== 'string') throw new Fault(`${shown} has no “at”: a path or HOST:PORT.`, at)
  if (polite !== undefined && typeof polite !== 'boolean')
    throw new Fault(`“polite” of ${shown} is true or false.`, [...at, '"polite"'])
  const kind = readChannelName(name)?.kind
  if (polite === true && kind !== 'qmp')
    throw new Fault(`“polite” is for monitors: ${shown} is none.`, [...at, '"polite"'])
  const label = textOf(value, 'label', longestGroup, shown, at)
  return {
    name,
    target: targetOf(place, shown, at, folder),
    ...(label === undefined ? {} : { label }),
    ...(polite === true ? { polite } : {}),
  }
}

function targetOf(text: string, shown: string, before: readonly string[], folder: string): SocketTarget {
  const at = [...before, printed(text)]
  const port = readHostPort(text)
  if (port !== undefined) return port
  // What looks like a port that is none is no path.
  if (text === '' || (!isAbsolute(text) && text.includes(':'))) {
    throw new Fault(`${shown}: “${clip(text, longestGroup)}” is neither a path nor HOST:PORT.`, at)
  }
  const path = resolve(folder, text)
  const wrong = whyNoTarget(path)
  if (wrong !== undefined) throw new Fault(`${shown}: ${wrong}`, at)
  return { path }
}

function textOf(
  value: JsonObject,
  member: string,
  longest: number,
  shown: string,
  at: readonly string[],
): string | undefined {
  const text = value[member]
  if (text === undefined) return undefined
  const place = [...at, `"${member}"`]
  if (typeof text !== 'string') throw new Fault(`“${member}” of ${shown} is no text.`, place)
  if (text.length > longest)
    throw new Fault(`“${member}” of ${shown} has more than ${longest} characters.`, place)
  return text
}

/** Another member is a typing error more often than not. */
function checkMembers(
  value: JsonObject,
  known: readonly string[],
  shown: string,
  at: readonly string[],
): void {
  const other = Object.keys(value).find((name) => !known.includes(name))
  if (other !== undefined) {
    throw new Fault(`${shown} has no “${clip(other, longestGroup)}”: there is ${known.join(', ')}.`, [
      ...at,
      printed(other),
    ])
  }
}

/** A text as it stands in the file, unless it is written with escapes that nobody uses. */
function printed(text: string): string {
  return JSON.stringify(text)
}

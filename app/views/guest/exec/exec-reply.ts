/** What a program in the guest is asked to do, and the agent's replies about it. The guest may say anything: types are checked. */
import { isJsonObject } from '#base/json/value.ts'
import type { Json, JsonObject } from '#base/json/value.ts'
import { own } from '#base/own.ts'
import { decodeBase64, encodeBase64 } from '#qapi/text/base64-bytes.ts'

/** What is run. */
export interface ExecForm {
  /** The line of a shell, or the path of a program. */
  readonly program: string
  readonly inShell: boolean
  readonly isWindows: boolean
  /** One argument a line; not used in a shell. */
  readonly args: string
  /** NAME=value, one a line; empty: the agent's own. */
  readonly environment: string
  readonly input: string
}

/** One of a program's streams. */
export interface ExecStream {
  readonly text: string
  /** Its size as it came. */
  readonly size: number
  /** The agent left out the rest. */
  readonly isTruncated: boolean
  /** Why it cannot be read; undefined where it can. */
  readonly why: string | undefined
}

/** The status of a program, read. */
export type ExecStatus =
  | { readonly kind: 'running' }
  | {
      readonly kind: 'exited'
      readonly code: number | undefined
      readonly signal: number | undefined
      readonly out: ExecStream
      readonly err: ExecStream
    }
  | { readonly kind: 'unreadable' }

/** Characters of a stream that are shown; the rest is counted. */
const longestShown = 200_000

function linesIn(words: string): readonly string[] {
  return words === '' ? [] : words.split('\n')
}

/** The arguments of guest-exec. */
export function execArguments(form: ExecForm): JsonObject {
  const [path, arg] = form.inShell
    ? form.isWindows
      ? ['cmd', ['/c', form.program]]
      : ['/bin/sh', ['-c', form.program]]
    : [form.program, linesIn(form.args)]
  const env = linesIn(form.environment).filter((each) => each !== '')
  return {
    path,
    ...(arg.length === 0 ? {} : { arg }),
    ...(env.length === 0 ? {} : { env }),
    ...(form.input === '' ? {} : { 'input-data': encodeBase64(form.input) }),
    'capture-output': true,
  }
}

/** The arguments that end a program, and on Windows its children. */
export function killArguments(pid: number, isWindows: boolean): JsonObject {
  return isWindows
    ? { path: 'taskkill', arg: ['/f', '/t', '/pid', String(pid)] }
    : { path: '/bin/sh', arg: ['-c', `kill -9 ${pid}`] }
}

/** The process id in a reply of guest-exec. Only a positive one: it becomes part of a line of a shell. */
export function readPid(value: Json): number | undefined {
  const pid = isJsonObject(value) ? own(value, 'pid') : undefined
  return typeof pid === 'number' && Number.isSafeInteger(pid) && pid > 0 ? pid : undefined
}

/** The reply of guest-exec-status. @qapi GuestExecStatus */
export function readExecStatus(value: Json): ExecStatus {
  if (!isJsonObject(value) || typeof own(value, 'exited') !== 'boolean') return { kind: 'unreadable' }
  if (value.exited === false) return { kind: 'running' }
  return {
    kind: 'exited',
    code: whole(own(value, 'exitcode')),
    signal: whole(own(value, 'signal')),
    out: stream(own(value, 'out-data'), own(value, 'out-truncated')),
    err: stream(own(value, 'err-data'), own(value, 'err-truncated')),
  }
}

function whole(value: Json | undefined): number | undefined {
  return typeof value === 'number' && Number.isSafeInteger(value) ? value : undefined
}

function stream(data: Json | undefined, truncated: Json | undefined): ExecStream {
  const isTruncated = truncated === true
  if (data === undefined) return { text: '', size: 0, isTruncated, why: undefined }
  const content = typeof data === 'string' ? decodeBase64(data, longestShown) : undefined
  if (content === undefined) return { text: '', size: 0, isTruncated, why: 'what came is no base64' }
  return { text: new TextDecoder().decode(content.bytes), size: content.size, isTruncated, why: undefined }
}

/** The end of a program in words: `exit code 3`, `ended by signal 9`. */
export function endWords({
  code,
  signal,
}: {
  readonly code: number | undefined
  readonly signal: number | undefined
}): string {
  if (signal !== undefined) return `ended by signal ${signal}`
  return code === undefined ? 'ended; the agent does not say how' : `exit code ${code}`
}

/** How long to wait before the status is asked again: short at first, at most 2 s. */
export function statusWait(asked: number): number {
  return Math.min(2000, 100 * 1.5 ** Math.min(asked, 20))
}

/** What is left out of the view, in characters. */
export const shownLimit = longestShown

/** Lines of the human monitor, and what they printed. */
import { err, ok } from '#base/result.ts'
import type { Result } from '#base/result.ts'
import type { Json, JsonObject } from '#base/json/value.ts'

/** The arguments of human-monitor-command; `cpu` is the one that the line is about. */
export function humanArguments(line: string, cpu: number | undefined): JsonObject {
  return { 'command-line': line, ...(cpu === undefined ? {} : { 'cpu-index': cpu }) }
}

/** What was printed, where that is a text. */
export function printedText(reply: Result<Json, string>): Result<string, string> {
  if (!reply.ok) return reply
  return typeof reply.value === 'string' ? ok(reply.value) : err('the answer is no text')
}

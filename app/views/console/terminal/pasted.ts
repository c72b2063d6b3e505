/** Text that is pasted into a console. */
import type { Question } from '#state/page/confirm.svelte.ts'
import { words } from '#words/sentence.ts'

/** The lines of a pasted text: several are without the blank ones, one is as it is. */
export function pastedLines(text: string): readonly string[] {
  const lines = text.split('\n')
  while (lines.length > 1 && lines[lines.length - 1]?.trim() === '') lines.pop()
  return lines.length > 1 ? lines.filter((line) => line.trim() !== '') : lines
}

/** What a person is asked before several lines run. */
export function pasteQuestion(lines: readonly string[], machine: string): Question {
  return {
    title: words`Run ${String(lines.length)} pasted lines on ${machine}?`,
    text: [
      'They are run one after the other: ',
      ...lines.slice(0, 5).flatMap((line, at) => [at === 0 ? '' : ' · ', { given: line.slice(0, 80) }]),
      lines.length > 5 ? ' · …' : '',
    ],
    action: ['Run them'],
  }
}

/**
 * The failures of the wire, and who is at fault:
 *
 *     failure
 *     ├─ the server refuses      Outcome failed            class and desc, as sent
 *     ├─ the link breaks         LossReason                Outcome unknown (sent) or not-sent (queued)
 *     │  └─ too slow             Outcome timed-out         a late reply is still recorded
 *     ├─ an unreadable reply     FramingProblem            excerpt and offset in the stream
 *     │  └─ to the one waiting   Outcome unknown           why: reply-unreadable
 *     ├─ not the right server    EndReason not-qmp         excerpt and a guess at what it is
 *     └─ our own bug             thrown                    stays loud
 *
 * Here is what tells one from the other by the bytes alone.
 */

const guesses: readonly (readonly [RegExp, string])[] = [
  [/^RFB \d/, 'This is a VNC server. A monitor is another socket (QEMU option -qmp).'],
  [/^HTTP\/|<!doctype html|<html/i, 'This is an HTTP server.'],
  [/^SSH-/, 'This is an SSH server.'],
  [
    /QEMU .{1,60} monitor - type 'help'/,
    'This is a human monitor. A QMP monitor is made with -qmp, not with -monitor.',
  ],
  [/^\(qemu\)/, 'This is a human monitor. A QMP monitor is made with -qmp, not with -monitor.'],
  [/^\s*\{/, 'It speaks JSON, but it did not greet as QMP does. A guest agent? Then choose that protocol.'],
  [/login:|Linux version|\[ +\d+\.\d+\]/, 'This looks like the serial console of a guest.'],
]

/** A guess at what speaks, from the beginning of what it said, as a sentence with what to do. */
export function guessServer(excerpt: string): string {
  for (const [pattern, sentence] of guesses) if (pattern.test(excerpt)) return sentence
  return 'A QMP monitor begins with a greeting in JSON. Is this address the right socket?'
}

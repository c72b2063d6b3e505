/** Lines of a shell as people copy them: with a prompt before the command, and run by way of another program. */
import { readShell } from './posix-shell.ts'
import type { SimpleCommand } from './posix-shell.ts'

/** Programs that a request is given to or written by. */
const tools = new Set(['virsh', 'echo', 'printf', 'cat', 'socat', 'nc', 'ncat', 'netcat'])
/** Programs that run the rest of their line, here or elsewhere. */
const wrappers = new Set(
  (
    'sudo su runuser doas watch ssh kubectl oc docker podman nerdctl crictl lxc ' +
    'incus env timeout time nice ionice nohup stdbuf chroot nsenter ip sh bash exec'
  ).split(' '),
)

/** What a shell shows before a line: `$`, `[root@host ~]#`, `me@host:/dir$`, `virsh #`, `sh-5.1#`, `PS C:\lab>`. */
const prompt =
  /^[ \t]*(?:virsh [#>]|PS [^>\n]{1,200}>|(?:\[[^\]\n]{1,80}\]|[\w.-]{1,60}@[\w.-]{1,60}[^\n$#%>]{0,100}|(?:sh|bash|zsh)-[\d.]{1,9})?[ \t]?[$#%>❯➜])[ \t]+/

/** How long the prompt before a command is; 0 where there is none. */
export function promptLength(line: string): number {
  return prompt.exec(line)?.[0].length ?? 0
}

/** Whether a line is a command for a shell that may carry a request. */
export function isShellLine(line: string): boolean {
  const text = line.slice(promptLength(line)).replace(/^[ \t]*(?:\([ \t]*|\{[ \t]+)?/, '')
  if (/^[ \t]*virsh [#>]/.test(line)) return /^qemu-(?:monitor|agent)-command\s/.test(text)
  for (const word of text.split(/[ \t]+/, 20)) {
    if (/^\w{1,60}=/.test(word)) continue
    const name = programOf(word)
    if (tools.has(name)) return true
    return wrappers.has(name) && /\b(?:virsh|echo|printf|cat|socat|nc|ncat|netcat)\b/.test(text)
  }
  return false
}

/** The commands that a command runs: itself, or what stands after its wrappers, which may be one text. */
export function unwrapCommand(command: SimpleCommand, depth = 0): readonly SimpleCommand[] {
  const { input } = command
  const words = command.words.slice(command.words.findIndex((each) => !/^\w{1,60}=/.test(each)))
  const name = programOf(words[0] ?? '')
  // As typed at virsh's own prompt.
  if (/^qemu-(?:monitor|agent)-command$/.test(name)) return [{ words: ['virsh', ...words], input }]
  if (!wrappers.has(name) || depth > 8) return [{ words: [name, ...words.slice(1)], input }]
  const at = words.findIndex((each, index) => index > 0 && tools.has(programOf(each)))
  const text = words.findIndex((each, index) => index > 0 && /\s/.test(each) && isShellLine(each))
  if (at > 0 && (text < 0 || at < text)) {
    return [{ words: [programOf(words[at] ?? ''), ...words.slice(at + 1)], input }]
  }
  const inner = text < 0 ? undefined : readShell(words[text] ?? '', 0)
  return inner?.commands.flatMap((each) => unwrapCommand(each, depth + 1)) ?? [command]
}

function programOf(word: string): string {
  return word.slice(word.lastIndexOf('/') + 1)
}

/** Names of files that are saved on this computer: a guest, or a person, may have written anything there. */
import { clip } from '#base/clip.ts'

/** Names that mean a device to Windows, with any ending. */
const devices = /^(?:con|prn|aux|nul|com\d|lpt\d)(?:\.|$)/i
/** Characters of a path that is shown. */
const longestShown = 300

/** The name under which a file of a guest is saved: the last part of its path, without what a file system could obey. */
export function savedName(path: string): string {
  const last = path.split(/[/\\]/).findLast((each) => each !== '') ?? ''
  const plain = last.replaceAll(/[^\w.-]/g, '-').replace(/^\.+/, '_')
  const named = devices.test(plain) ? `_${plain}` : plain
  return named === '' || named === '_' ? 'file' : named
}

/** A path as it is shown: one line, controls as signs, what turns the order of letters too. */
export function shownPath(path: string): string {
  return clip(path.replaceAll(/[\p{Cc}\p{Cf}\u2028\u2029]/gu, '\ufffd'), longestShown)
}

/** Makes what a machine says harmless to a terminal: every control character is shown, none is obeyed. */

/** The text with line ends as a terminal wants them and every other control character as `^X` or `<XX>`. */
export function sanitize(text: string): string {
  return text
    .replace(/\r\n/g, '\n')
    .replace(
      /[\u0000-\u0008\u000b-\u001f\u007f]/g,
      (char) => `^${String.fromCharCode(char.charCodeAt(0) ^ 0x40)}`,
    )
    .replace(
      /[\u0080-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069]/g,
      (char) => `<${char.charCodeAt(0).toString(16).toUpperCase()}>`,
    )
    .replace(/\n/g, '\r\n')
}

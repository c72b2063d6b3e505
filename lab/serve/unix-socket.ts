/** The unix socket on which a lab listens. */
import { lstatSync, rmSync } from 'node:fs'

/** Take away the socket that a lab left behind which was killed. */
export function clearSocket(file: string): void {
  if (lstatSync(file, { throwIfNoEntry: false })?.isSocket() === true) rmSync(file, { force: true })
}

/** The folder that the bridge serves: the built page, the manuals and the list, and nothing else. */
import { cpSync } from 'node:fs'
import { publishManuals } from '../bridge/manuals.ts'
import { dist } from '../paths.ts'

/**
 * Put the built page and the manuals into a folder. Copies: a lab that runs keeps serving the page that it began with while
 * another is built, and no file leads out of the folder.
 */
export function publishPage(web: string): void {
  cpSync(dist, web, { recursive: true, dereference: true })
  publishManuals(web)
}

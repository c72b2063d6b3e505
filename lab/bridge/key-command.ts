/** The key as `npm start` and `npm run dev` deal with it: kept, renewed, and shown to whoever may see it. */
import { addressOf, urlOf } from './bridge.ts'
import { keptKey, keyFolder } from './key.ts'
import { placeOf } from '../serve/opened-file.ts'
import type { OpenedFile } from '../serve/opened-file.ts'
import { readKeyFile } from '../serve/key-file.ts'
import type { StartOptions } from '../options.ts'
import { startWords } from '../paths.ts'

/** The key for a lab. What is the matter with it is said; undefined where there is none. */
export function keepKey(options: StartOptions): string | undefined {
  const { keyFile } = options.serve
  if (keyFile !== undefined) {
    const own = options.newKey
      ? `--new-key makes a key that the lab keeps; the one in ${keyFile} is yours to change.`
      : readKeyFile(keyFile)
    if (typeof own !== 'string' && own.ok) return own.value
    console.error(typeof own === 'string' ? own : own.error)
    return undefined
  }
  const kept = keptKey(keyFolder(), { renew: options.newKey })
  if (!kept.ok) {
    console.error(kept.error)
    return undefined
  }
  if (kept.value.note !== undefined) console.log(kept.value.note)
  return kept.value.key
}

/** The key for watching, kept beside the key. What is the matter with it is said; undefined where there is none. */
export function keepWatchKey(options: StartOptions): string | undefined {
  const kept = keptKey(keyFolder(), { renew: options.newKey, name: 'watch-key' })
  if (!kept.ok) {
    console.error(kept.error)
    return undefined
  }
  if (kept.value.note !== undefined) console.log(kept.value.note)
  return kept.value.key
}

/** The address of the page of a lab with these options; at a unix socket the one that ssh makes of it. */
export function pageUrl({ listen, port, serve }: StartOptions): string {
  return serve.unix === undefined
    ? urlOf(listen, port, serve.cert === undefined ? 'http' : 'https')
    : urlOf('127.0.0.1', port)
}

/** `--show-key`: print the address with the key. Returns the exit code. */
export function showKey(options: StartOptions, url = pageUrl(options), opened?: OpenedFile): number {
  const key = keepKey(options)
  if (key === undefined) return 1
  console.log(addressOf(url, key, opened === undefined ? '' : placeOf(opened, key)))
  if (options.gate !== true) return 0
  const watchKey = keepWatchKey(options)
  if (watchKey === undefined) return 1
  console.log(`To watch only:  ${addressOf(url, watchKey)}`)
  return 0
}

/**
 * The address as the lab prints it: with the key in a terminal, which a person reads. Without it where the output goes
 * into a file or another program: logs are read by others, kept and sent around.
 */
export function printedAddress(url: string, key: string, opened?: OpenedFile): string {
  if (process.stdout.isTTY) return addressOf(url, key, opened === undefined ? '' : placeOf(opened, key))
  const [how, same] =
    opened === undefined
      ? ['The page asks for the key, which is in no log:', startWords]
      : ['The address of the file, which is in no log:', startWords.replace('start', 'open FILE')]
  return `${url}\n  ${how}  ${same} --show-key`
}

/** The address for those who only watch, as it is printed after the other one. */
export function printedWatchAddress(url: string, key: string): string {
  return process.stdout.isTTY
    ? `To watch only:  ${addressOf(url, key)}`
    : `The address with which one may only watch:  ${startWords} --gate --show-key`
}

/**
 * Other hosts whose lists of machines the page can show: `lab.json` names them. Each has its own bridge, its own key and its
 * own rhythm, so that one that is away slows no other. To connect to one for the first time is a person's decision, for it
 * is an address that the page did not have. Loaded when a list names hosts.
 * Tested by app/state/machine/hosts/other-hosts.test.ts, e2e/hosts.spec.ts.
 * @adr 0065
 */
import { err, ok } from '#base/result.ts'
import type { Result } from '#base/result.ts'
import { LabKey } from '../../page/lab-key.svelte.ts'
import type { Access } from '../../page/lab-key.svelte.ts'
import type { Settings } from '../../page/settings.svelte.ts'
import type { Page } from '../../platform.ts'
import { readLab } from '../lab-list.ts'
import type { LabMachine, ListedHost } from '../lab-list.ts'

/** How often the list of a host that answers is read, in milliseconds: as that of the own lab. */
const pollMs = 2000
/** How often one that is away is asked, in milliseconds: it costs nothing, and nobody waits for it in front of the page. */
const awayMs = 5000
/** How long an answer may take, in milliseconds. */
const answerMs = 5000
/** The largest list that is read, in bytes: a thousand machines have less. */
const largestList = 1024 * 1024
/** Machines of a host that are taken: each that is connected has a worker. */
const mostMachines = 500
/** The list of the settings that holds the addresses to which somebody has said yes. */
const allowedName = 'hosts'

/** What the page knows of a host. */
export type HostState =
  /** Nobody has said that the page may connect to it. */
  | { readonly kind: 'new' }
  | { readonly kind: 'looking' }
  | {
      readonly kind: 'there'
      readonly access: Access
      readonly hasKey: boolean
      readonly count: number
      readonly problems: readonly string[]
    }
  | { readonly kind: 'away'; readonly why: string }

/** What a host needs of the page. */
export interface HostNeeds {
  readonly page: Page
  readonly settings: Settings
  /** The machines of a host, and the key to open them with, where it wants one. */
  readonly show: (host: OtherHost, machines: readonly LabMachine[], key: string | undefined) => void
  /** A host that was away answers again. */
  readonly wake: (host: OtherHost) => void
  /** Nothing of a host is opened any more: its key was forgotten. */
  readonly hide: (host: OtherHost) => void
}

/** One host. */
export class OtherHost {
  readonly name: string
  /** Where its `lab.json` is: an address that ends with `/`. */
  readonly url: string
  readonly key: LabKey
  readonly #needs: HostNeeds
  #state = $state.raw<HostState>({ kind: 'new' })
  #timer: ReturnType<typeof setTimeout> | undefined
  readonly #over = new AbortController()

  constructor(needs: HostNeeds, { name, url }: ListedHost) {
    this.#needs = needs
    this.name = name
    this.url = url
    this.key = new LabKey(needs.page, `qmp-studio.key ${url}`)
    this.key.watch(() => {
      if (this.key.value === undefined) needs.hide(this)
      this.#soon()
    })
    if (this.isAllowed) this.#begin()
  }

  get state(): HostState {
    return this.#state
  }

  /** Whether somebody has said that the page may connect to it. */
  get isAllowed(): boolean {
    return this.#needs.settings.listOf(allowedName).includes(this.url)
  }

  /** Somebody has said yes; this browser remembers it. */
  allow(): void {
    const { settings } = this.#needs
    if (!this.isAllowed) settings.setList(allowedName, [...settings.listOf(allowedName), this.url])
    this.#begin()
  }

  /** It is not asked any more. */
  end(): void {
    this.#over.abort()
    clearTimeout(this.#timer)
  }

  #begin(): void {
    if (this.#state.kind !== 'new') return
    this.#state = { kind: 'looking' }
    void this.#poll()
  }

  /** Another key has come. */
  #soon(): void {
    if (this.#state.kind === 'new') return
    clearTimeout(this.#timer)
    void this.#poll()
  }

  async #poll(): Promise<void> {
    const isVisible = this.#needs.page.document.visibilityState === 'visible'
    if (isVisible || this.#state.kind === 'looking') await this.#read()
    if (this.#isOver()) return
    clearTimeout(this.#timer)
    this.#timer = setTimeout(() => void this.#poll(), this.#state.kind === 'away' ? awayMs : pollMs)
  }

  #isOver(): boolean {
    return this.#over.signal.aborted
  }

  async #read(): Promise<void> {
    const before = this.#state.kind
    const text = await fetchList(this.#needs.page, this.url)
    const list = text.ok ? readHostList(text.value, this.url) : text
    if (this.#isOver()) return
    if (!list.ok) {
      this.#state = { kind: 'away', why: list.error }
      return
    }
    const { keySha256, watchKeySha256, machines, problems } = list.value
    const access = await this.key.check(keySha256, watchKeySha256)
    if (this.#isOver()) return
    const hasKey = keySha256 !== undefined
    this.#state = { kind: 'there', access, hasKey, count: machines.length, problems }
    if (access !== 'open') return
    this.#needs.show(this, machines, hasKey ? this.key.value : undefined)
    if (before === 'away') this.#needs.wake(this)
  }
}

/** All of them. */
export class OtherHosts {
  readonly #needs: HostNeeds
  #all = $state.raw<readonly OtherHost[]>([])

  constructor(needs: HostNeeds) {
    this.#needs = needs
  }

  get all(): readonly OtherHost[] {
    return this.#all
  }

  /** The hosts that the lab lists now. One that stays keeps its state. */
  set(listed: readonly ListedHost[]): void {
    const isSame = (host: OtherHost, { name, url }: ListedHost): boolean =>
      host.name === name && host.url === url
    if (
      listed.length === this.#all.length &&
      listed.every((each, at) => isSame(this.#all[at] as OtherHost, each))
    )
      return
    for (const host of this.#all) if (!listed.some((each) => isSame(host, each))) host.end()
    this.#all = listed.map(
      (each) => this.#all.find((host) => isSame(host, each)) ?? new OtherHost(this.#needs, each),
    )
  }
}

/** The text of a host's list, bounded. The failure is a sentence. */
async function fetchList(page: Page, url: string): Promise<Result<string, string>> {
  let response: Response
  try {
    response = await page.fetch(`${url}lab.json`, {
      cache: 'no-store',
      credentials: 'same-origin',
      redirect: 'error',
      signal: AbortSignal.timeout(answerMs),
    })
  } catch {
    return err('it does not answer, or does not let this page read its list (npm start -- --origin there).')
  }
  if (!response.ok) return err(`it answers with HTTP ${response.status}.`)
  const parts: Uint8Array<ArrayBuffer>[] = []
  let bytes = 0
  try {
    const reader = response.body?.getReader()
    for (let part = await reader?.read(); part?.value !== undefined; part = await reader?.read()) {
      parts.push(part.value)
      bytes += part.value.length
      if (bytes <= largestList) continue
      await reader?.cancel()
      return err(`its list is larger than ${largestList / 1024 / 1024} MiB.`)
    }
    return ok(await new Blob(parts).text())
  } catch {
    return err('its list broke off.')
  }
}

/** Read the list of a host: its machines are at its own bridge, wherever the list says that this is. */
export function readHostList(text: string, url: string): ReturnType<typeof readLab> {
  const read = readLab(text, url)
  if (!read.ok) return err(`its list cannot be read: ${read.error}`)
  const { host } = new URL(url)
  const machines = read.value.machines.slice(0, mostMachines)
  const own = machines.filter(({ channels }) => channels.every((each) => new URL(each.url).host === host))
  const problems = [
    ...read.value.problems.slice(0, 20).map((each) => each.slice(0, 500)),
    ...(own.length === machines.length
      ? []
      : [
          'Its list leads to a bridge at another address: those machines are left out. “+ Add” connects to one.',
        ]),
    ...(read.value.machines.length > mostMachines ? [`It lists more than ${mostMachines} machines.`] : []),
  ]
  return ok({ ...read.value, machines: own, problems })
}

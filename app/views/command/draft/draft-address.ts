/**
 * Where a draft is kept: in this visit, its arguments in the address, so that a link leads to them, and what the address
 * does not have in the memory of the tab.
 */
import { printJson } from '#base/json/print.ts'
import type { Schema } from '#qapi/model/schema.ts'
import { mayCarrySecret } from '#qapi/secrets/secrets.ts'
import { queryWith } from '#state/page/pane-query.ts'
import type { Router } from '#state/page/router.svelte.ts'
import { beginDraft } from './command-draft.svelte.ts'
import type { CommandDraft } from './command-draft.svelte.ts'
import { readArgumentText, withAside } from './argument-text.ts'
import type { Draft, Drafts } from './drafts.ts'
import { whyNotKept } from './unfinished.ts'

/** Longer arguments are not put in the address, in characters: some programs cut links off there. */
const longestAddress = 4096
/** After the last key, in milliseconds: shorter, and the address changes with each letter. */
const quietMs = 400

/** Keeps one draft. */
export class DraftAddress {
  readonly #router: Router
  readonly #drafts: Drafts
  readonly #key: string
  readonly #name: string
  /** The arguments in the address, as they were last read from it or written to it. */
  #address: string | undefined
  #timer: ReturnType<typeof setTimeout> | undefined

  /** `key` is the draft's, of this visit. */
  constructor(drafts: Drafts, router: Router, key: string, name: string) {
    this.#drafts = drafts
    this.#router = router
    this.#key = key
    this.#name = name
  }

  /** What was typed before, what the address says, or nothing yet. */
  begin(own: Schema | undefined): Draft {
    const given = this.#router.current.query.args
    this.#address = given
    const kept = this.#drafts.of(this.#key)
    // It was typed before the schema was there.
    if (kept?.text !== undefined && kept.node.kind === 'json' && own !== undefined) {
      return { ...beginDraft(own, this.#name, kept.text, undefined), aside: kept.aside ?? [] }
    }
    // What was typed after the address was written is newer than the address.
    if (kept !== undefined && kept.address === given) return kept
    const begun = beginDraft(own, this.#name, given, kept)
    if (begun === kept) return kept
    const left = kept ?? this.#drafts.unfinished.of(this.#key)
    if (left === undefined) return begun
    const { text, aside = [], address } = left
    // Before the page was left the text led, and the address is the same.
    if (kept === undefined && address === given && text !== undefined) {
      const isWhole = 'value' in readArgumentText(text)
      return isWhole ? { ...beginDraft(own, this.#name, text, undefined), aside } : { ...begun, text, aside }
    }
    return { ...begun, aside: withAside(aside, text) }
  }

  /** Whether somebody followed a link, pasted, or went back: the address has other arguments than this form gave it. */
  hasOther(): boolean {
    const given = this.#router.current.query.args
    if (given === this.#address || !this.#isShown) return false
    this.#address = given
    return given !== undefined
  }

  /** It was edited. */
  remember(draft: CommandDraft): void {
    this.#keep(draft, true)
    clearTimeout(this.#timer)
    this.#timer = setTimeout(() => {
      // A text that is no JSON yet leaves the address as it was.
      if (!this.#isShown || draft.isBroken) return
      const given = Object.keys(draft.value).length === 0 ? '' : printJson(draft.value)
      const inAddress =
        given !== '' && given.length <= longestAddress && !mayCarrySecret(this.#name, draft.value)
      this.#address = inAddress ? given : undefined
      this.#keep(draft, false)
      this.setQuery({ args: inAddress ? given : '' })
    }, quietMs)
  }

  /** Keep it for this visit, and over a reload what the address does not have. `isAhead`: it has nothing of it yet. */
  #keep(draft: CommandDraft, isAhead: boolean): void {
    const { kept } = draft
    const address = this.#address
    this.#drafts.keep(this.#key, { ...kept, address })
    const isLong = !draft.isBroken && draft.text.length > longestAddress
    const keeps = (text: string): boolean => whyNotKept(text, this.#name) === undefined
    const text = (isAhead || draft.isBroken || isLong) && keeps(draft.text) ? draft.text : undefined
    const aside = (kept.aside ?? []).filter(keeps)
    const isNothing = text === undefined && aside.length === 0
    this.#drafts.unfinished.put(this.#key, isNothing ? undefined : { text, aside, address })
  }

  /** Change members of the query; '' takes one away. */
  setQuery(changes: Record<string, string>): void {
    this.#router.replace({ query: queryWith(this.#router, changes) })
  }

  /** The form is gone. */
  end(): void {
    clearTimeout(this.#timer)
  }

  get #isShown(): boolean {
    const { entity, view } = this.#router.current
    return entity === this.#name && view === 'command'
  }
}

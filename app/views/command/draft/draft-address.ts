/** Where a draft is kept: in this visit, and its arguments in the address, so that a link leads to them. */
import { printJson } from '#base/json/print.ts'
import type { Schema } from '#qapi/model/schema.ts'
import { mayCarrySecret } from '#qapi/secrets/secrets.ts'
import type { Router } from '#state/page/router.svelte.ts'
import { beginDraft } from './command-draft.svelte.ts'
import type { CommandDraft } from './command-draft.svelte.ts'
import type { Draft, Drafts } from './drafts.ts'

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
    // What was typed after the address was written is newer than the address.
    return kept !== undefined && kept.address === given ? kept : beginDraft(own, this.#name, given, kept)
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
    this.#drafts.keep(this.#key, { ...draft.kept, address: this.#address })
    clearTimeout(this.#timer)
    this.#timer = setTimeout(() => {
      // A text that is no JSON yet leaves the address as it was.
      if (!this.#isShown || draft.isBroken) return
      const given = Object.keys(draft.value).length === 0 ? '' : printJson(draft.value)
      const inAddress =
        given !== '' && given.length <= longestAddress && !mayCarrySecret(this.#name, draft.value)
      this.#address = inAddress ? given : undefined
      this.#drafts.keep(this.#key, { ...draft.kept, address: this.#address })
      this.setQuery({ args: inAddress ? given : '' })
    }, quietMs)
  }

  /** Change members of the query; '' takes one away. */
  setQuery(changes: Record<string, string>): void {
    const query = Object.entries({ ...this.#router.current.query, ...changes }).filter(
      ([, value]) => value !== '',
    )
    this.#router.replace({ query: Object.fromEntries(query) })
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

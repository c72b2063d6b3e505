/**
 * A reference of a QMP interface: real names of types, members with texts, since-versions, examples. The
 * readers of the manual (man page, HTML) and of the QAPI schema language all give this one shape. Every text comes
 * from the user's own installation and is data: it is shown as text, never as markup.
 * @qapi qapi-code-gen, "Documentation markup"
 */

/** A piece of running text. `code` is literal; `ref` is the name of a definition or a member that is referred to. */
export type DocSpan = string | { readonly code: string } | { readonly ref: string }

/** A block of documentation. */
export type DocBlock =
  | { readonly kind: 'paragraph'; readonly spans: readonly DocSpan[] }
  | { readonly kind: 'list'; readonly ordered: boolean; readonly items: readonly (readonly DocBlock[])[] }
  /** Literal text, line breaks kept; not an example. */
  | { readonly kind: 'literal'; readonly text: string }
  /** A note, caution, warning or "to do" of the manual; `title` is its word. */
  | { readonly kind: 'note'; readonly title: string; readonly blocks: readonly DocBlock[] }

/** Documentation: blocks in the order of the manual; empty where there is none. */
export type Doc = readonly DocBlock[]

/** The name of a type as documented: `list` counts how many times it is wrapped in "array of". */
export interface TypeRef {
  readonly name: string
  readonly list: number
}

/** A documented member, argument, alternative or enum value. */
export interface ReferenceMember {
  readonly name: string
  /** Undefined for enum values and where the manual does not say. */
  readonly type: TypeRef | undefined
  readonly optional: boolean
  /** The default as the manual words it, if it does. */
  readonly defaultText: string | undefined
  readonly doc: Doc
  readonly since: string | undefined
  /** Names of the features of this member. */
  readonly features: readonly string[]
  /** The condition under which it exists in a build (`if`), as written. */
  readonly condition: string | undefined
}

/** The case of a union as documented: with `value` in the tag, the members of `type` are there too. */
export interface ReferenceVariant {
  readonly tag: string | undefined
  readonly value: string
  readonly type: string
}

/** A documented feature. */
export interface ReferenceFeature {
  readonly name: string
  readonly doc: Doc
}

/** One request or reply of an example. `text` is what the manual prints, without the arrow. */
export interface ExampleLine {
  readonly direction: 'sent' | 'received'
  readonly text: string
}

/** An example: text before it and the exchange. `lines` is empty where it could not be told apart. */
export interface Example {
  readonly title: string | undefined
  readonly text: string
  readonly lines: readonly ExampleLine[]
}

/** A definition of the reference. `object` covers structs and unions. */
export interface Definition {
  readonly kind: 'command' | 'event' | 'object' | 'enum' | 'alternate'
  readonly name: string
  /** The chapters it stands under, outermost first, as the manual titles them. */
  readonly chapters: readonly string[]
  readonly doc: Doc
  readonly since: string | undefined
  /** Own members (arguments, data, alternatives, values), without those of the base. */
  readonly members: readonly ReferenceMember[]
  /** The types whose members are members here too: base of a struct or union, boxed arguments. */
  readonly includes: readonly string[]
  /** The name of a union's tag, where known. */
  readonly tag: string | undefined
  readonly variants: readonly ReferenceVariant[]
  /** What a command returns; undefined where the manual does not say (man pages before 10.0) or it returns nothing. */
  readonly returns: TypeRef | undefined
  readonly returnsDoc: Doc
  readonly errors: Doc
  readonly features: readonly ReferenceFeature[]
  readonly examples: readonly Example[]
  readonly condition: string | undefined
  /** Where it is written, for people: a file and line, or an anchor. */
  readonly origin: string | undefined
}

/** What a definition has of which nothing is said. */
export const unsaid: Omit<Definition, 'kind' | 'name'> = {
  chapters: [],
  doc: [],
  since: undefined,
  members: [],
  includes: [],
  tag: undefined,
  variants: [],
  returns: undefined,
  returnsDoc: [],
  errors: [],
  features: [],
  examples: [],
  condition: undefined,
  origin: undefined,
}

/** A reference that was read. */
export interface Reference {
  readonly form: 'man' | 'html' | 'qapi'
  /** As the document calls itself, and the version where it says one. */
  readonly title: string
  readonly version: string | undefined
  /** In the order of the document. Names are unique: a second definition of a name is an issue. */
  readonly definitions: readonly Definition[]
  /** Sentences about what could not be read: what and where. */
  readonly issues: readonly string[]
}

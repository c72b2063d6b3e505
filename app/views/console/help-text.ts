/** The output of `help` at the QMP console: all commands by subsystem, or one command from the schema and the manual. */
import { memberDoc, unsaidFacts } from '#qapi/reference/member-doc.ts'
import { docText, spanText } from '#qapi/reference/doc-text.ts'
import type { Doc } from '#qapi/reference/reference.ts'
import { commandOf, definitionOf, describeType, entitiesOf, membersOf } from '#qapi/model/schema.ts'
import type { Schema } from '#qapi/model/schema.ts'
import { subsystemOf } from '#qapi/model/subsystem.ts'
import { inColumns } from './help-table.ts'

/** All commands in columns, each subsystem under its name, for a terminal of `width` columns. */
export function commandList(schema: Schema, columns: number): string {
  const groups = new Map<string, string[]>()
  for (const { name } of entitiesOf(schema, 'command')) {
    const subsystem = subsystemOf(name, definitionOf(schema, name)?.chapters)
    const names = groups.get(subsystem)
    if (names === undefined) groups.set(subsystem, [name])
    else names.push(name)
  }
  const listed = [...groups]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([subsystem, names]) => `${subsystem}:\n${indent(inColumns(names.sort(), columns - 2), 2)}`)
  return [...listed, 'help COMMAND describes one.'].join('\n')
}

/** The help of one command: the manual's text, its arguments with their types, its return. */
export function commandHelp(schema: Schema, name: string, columns: number): string | undefined {
  const command = commandOf(schema, name)
  if (command === undefined) return undefined
  const definition = definitionOf(schema, name)
  const width = Math.max(40, Math.min(columns, 100))
  const since = definition?.since === undefined ? '' : `, since ${definition.since}`
  const oob = command.allowOob ? ', may run out-of-band' : ''
  const parts = [`${name} (${subsystemOf(name, definition?.chapters)}${since}${oob})`]
  if (definition !== undefined) parts.push(indent(docLines(definition.doc, width - 2), 2))
  parts.push(argumentsText(schema, command.argType, name, width))
  const returned = schema.byName.get(command.retType)
  const isEmpty = returned?.kind === 'object' && returned.members.length + returned.variants.length === 0
  parts.push(`Returns ${isEmpty ? 'nothing' : describeType(schema, command.retType)}`)
  if (definition !== undefined) {
    parts.push(indent(docLines(definition.returnsDoc, width - 2), 2))
    const errors = docLines(definition.errors, width - 2)
    if (errors !== '') parts.push(`Errors\n${indent(errors, 2)}`)
    const sent = definition.examples.flatMap((each) => each.lines).find((each) => each.direction === 'sent')
    if (sent !== undefined) parts.push(`Example\n${indent(sent.text, 2)}`)
  }
  const features = command.features.filter((each) => each !== '')
  if (features.length > 0) parts.push(`Features: ${features.join(', ')}`)
  if (definition === undefined) {
    parts.push(
      schema.definitions.size === 0
        ? 'No manual is loaded: this is from the schema. A manual can be dropped in the schema view.'
        : 'The loaded manual does not have this command: this is from the schema.',
    )
  }
  return parts.filter((each) => each.trim() !== '').join('\n')
}

function argumentsText(schema: Schema, type: string, command: string, width: number): string {
  const entity = schema.byName.get(type)
  if (entity?.kind !== 'object') return ''
  const own = membersOf(schema, type, () => undefined)
  if (own.length === 0) return 'No arguments'
  const lines = own.map((member) => {
    const documented = memberDoc(schema, [command, type], member.name)
    const facts = unsaidFacts(documented, docText(documented?.doc ?? []))
    const since = facts.since === undefined ? '' : `, since ${facts.since}`
    const head = `  ${member.name}: ${describeType(schema, member.type)}${member.optional ? ', optional' : ''}${since}`
    const text = documented === undefined ? '' : docLines(documented.doc, width - 6)
    return text === '' ? head : `${head}\n${indent(text, 6)}`
  })
  const cases = entity.variants.map((each) => each.case)
  const more =
    entity.tag === undefined
      ? []
      : [`  ${entity.tag} decides which other members there are:\n${indent(inColumns(cases, width - 4), 4)}`]
  return ['Arguments', ...lines, ...more].join('\n')
}

/** Documentation as lines of at most `width` characters; '' where there is none. */
function docLines(doc: Doc, width: number): string {
  const parts = doc.map((block): string => {
    switch (block.kind) {
      case 'paragraph':
        return wrap(block.spans.map(spanText).join(''), width)
      case 'list':
        return block.items
          .map((item, index) => {
            const mark = block.ordered ? `${index + 1}. ` : '- '
            return mark + indent(docLines(item, width - mark.length), mark.length).trimStart()
          })
          .join('\n')
      case 'literal':
        return indent(block.text, 2)
      case 'note':
        return `${block.title}: ${docLines(block.blocks, width)}`
    }
  })
  return parts.filter((each) => each.trim() !== '').join('\n')
}

function wrap(text: string, width: number): string {
  const lines: string[] = []
  let line = ''
  for (const word of text.split(/\s+/)) {
    if (word === '') continue
    if (line !== '' && line.length + 1 + word.length > width) {
      lines.push(line)
      line = word
    } else line = line === '' ? word : `${line} ${word}`
  }
  return [...lines, line].join('\n')
}

function indent(text: string, by: number): string {
  return text
    .split('\n')
    .map((line) => (line === '' ? '' : ' '.repeat(by) + line))
    .join('\n')
}

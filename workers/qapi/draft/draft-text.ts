/**
 * The JSON text of a draft, for an editor beside its form.
 * @adr 0016
 */
import { printJson } from '#base/json/print.ts'
import { currentMembers, emptyNode, isPresent, memberNode, staysClosed, toValue, wayTo } from './draft.ts'
import type { Node } from './draft.ts'
import type { Schema } from '../model/schema.ts'
import { readNumber } from './typed-number.ts'

/**
 * A node as JSON text, for an editor beside the form. Typed text that is no JSON yet (`4G` is a number, `4X` is none)
 * is there as it was typed; untouched members are left out.
 */
export function draftText(
  schema: Schema,
  type: string,
  node: Node,
  indent = 0,
  way: readonly string[] = [type],
): string {
  const inner = ' '.repeat(indent + 2)
  const outer = ' '.repeat(indent)
  switch (node.kind) {
    case 'number': {
      const read = readNumber(node.text, node.integer)
      return 'value' in read ? printJson(read.value) : node.text.trim().replace(/\s+/g, ' ')
    }
    case 'json':
      return node.text.trim().replace(/\n/g, `\n${outer}`)
    case 'array': {
      const entity = schema.byName.get(type)
      const element = entity?.kind === 'array' ? entity.elementType : ''
      const items = node.items.map((each) => draftText(schema, element, each, indent + 2) || 'null')
      if (items.length === 0) return '[]'
      return `[\n${items.map((each) => `${inner}${each}`).join(',\n')}\n${outer}]`
    }
    case 'object': {
      const lines: string[] = []
      for (const member of currentMembers(schema, type, node)) {
        if (!isPresent(node, member) || staysClosed(schema, way, node, member)) continue
        const inside = memberNode(schema, node, member)
        const text = draftText(schema, member.type, inside, indent + 2, wayTo(way, node, member))
        if (text !== '') lines.push(`${inner}${JSON.stringify(member.name)}: ${text}`)
      }
      for (const [name, value] of Object.entries(node.extra)) {
        const text = printJson(value, { indent: 2 }).replace(/\n/g, `\n${inner}`)
        lines.push(`${inner}${JSON.stringify(name)}: ${text}`)
      }
      return lines.length === 0 ? '{}' : `{\n${lines.join(',\n')}\n${outer}}`
    }
    case 'alternate': {
      const entity = schema.byName.get(type)
      const branch = entity?.kind === 'alternate' ? entity.branches[node.branch] : undefined
      if (branch === undefined) return ''
      return draftText(schema, branch, node.nodes.get(node.branch) ?? emptyNode(schema, branch), indent)
    }
    default: {
      const { value } = toValue(schema, type, node)
      return value === undefined ? '' : printJson(value)
    }
  }
}

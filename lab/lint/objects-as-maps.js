/**
 * No plain object is a map of names from outside. `table[name]` also finds what every object inherits: a machine called
 * `constructor` has a setting that nobody made, and `object['__proto__'] = x` writes no member. So a member is looked up
 * by a name that is not known beforehand
 *
 * - in a `Map`, or
 * - by `own(table, name)` of workers/base/own.ts, or after `Object.hasOwn(table, name)` in the same function, or
 * - in an object of `Object.create(null)`, which is the only one that may be written to in this way.
 */
import ts from 'typescript'

/**
 * Whether values of a type may be any text: not only some that are known.
 *
 * @param {ts.Type} type
 * @returns {boolean}
 */
function isAnyText(type) {
  if (type.isUnion()) return type.types.some(isAnyText)
  return (
    (type.flags & (ts.TypeFlags.String | ts.TypeFlags.TemplateLiteral | ts.TypeFlags.StringMapping)) !== 0
  )
}

/**
 * Whether an object is typed as one with any names; `{}` is one, too.
 *
 * @param {ts.TypeChecker} checker
 * @param {ts.Type} type
 * @returns {boolean}
 */
function isMapLike(checker, type) {
  const known = checker.getNonNullableType(type)
  const parts = known.isUnion() ? known.types : [known]
  return parts.some((each) => {
    if (checker.isArrayType(each) || checker.isTupleType(each)) return false
    if (each.getStringIndexType() !== undefined) return true
    return (each.flags & ts.TypeFlags.Object) !== 0 && checker.getPropertiesOfType(each).length === 0
  })
}

/**
 * Whether an object is a constant that was made without a prototype.
 *
 * @param {import('eslint').SourceCode} sourceCode
 * @param {any} node
 * @returns {boolean}
 */
function hasNoPrototype(sourceCode, node) {
  if (node.type !== 'Identifier') return false
  for (let scope = /** @type {any} */ (sourceCode.getScope(node)); scope !== null; scope = scope.upper) {
    const [definition] = scope.set.get(node.name)?.defs ?? []
    if (definition === undefined) continue
    let init = definition.node.init
    while (init?.type === 'TSAsExpression' || init?.type === 'TSSatisfiesExpression') init = init.expression
    return (
      definition.parent?.kind === 'const' &&
      init !== undefined &&
      init !== null &&
      sourceCode.getText(init) === 'Object.create(null)'
    )
  }
  return false
}

/**
 * The lint rule. It needs types; of a file without any it says nothing.
 *
 * @type {import('eslint').Rule.RuleModule}
 */
export const noObjectsAsMaps = {
  meta: { type: 'problem', schema: [] },
  create(context) {
    const { sourceCode } = context
    const services = sourceCode.parserServices
    if (services?.program === undefined || services.program === null) return {}
    const checker = services.program.getTypeChecker()

    /** @param {any} node */
    function typeOf(node) {
      const type = services.getTypeAtLocation(node)
      return checker.getBaseConstraintOfType(type) ?? type
    }

    /** @param {any} node */
    const bare = (node) => sourceCode.getText(node).replace(/\s+/g, '')

    /**
     * Whether the function around asks first whether the object has such a member of its own.
     *
     * @param {any} node
     * @param {any} object
     * @param {any} key
     */
    function isAsked(node, object, key) {
      const asked = `Object.hasOwn(${bare(object)},${bare(key)})`
      for (let at = node.parent; at; at = at.parent) {
        if (/Function/.test(at.type)) return bare(at).includes(asked)
      }
      return false
    }

    /**
     * @param {any} node
     * @param {any} object
     * @param {any} key
     * @param {boolean} isWritten
     */
    function check(node, object, key, isWritten) {
      if (hasNoPrototype(sourceCode, object)) return
      if (!isAnyText(typeOf(key)) || !isMapLike(checker, typeOf(object))) return
      if (!isWritten && isAsked(node, object, key)) return
      context.report({
        node,
        message: isWritten
          ? 'This object is written to by a name that is not known beforehand: use a Map, or Object.create(null)'
          : 'This object is asked for a name that is not known beforehand: use a Map, or own() of workers/base/own.ts',
      })
    }

    return {
      /** @param {any} node */
      MemberExpression(node) {
        if (!node.computed) return
        const { parent } = node
        const isWritten =
          (parent.type === 'AssignmentExpression' && parent.left === node) ||
          parent.type === 'UpdateExpression' ||
          (parent.type === 'UnaryExpression' && parent.operator === 'delete')
        check(node, node.object, node.property, isWritten)
      },
      /** @param {any} node */
      BinaryExpression(node) {
        if (node.operator === 'in' && node.left.type !== 'PrivateIdentifier')
          check(node, node.right, node.left, false)
      },
    }
  },
}

/**
 * No state at the level of a module of the page: it is made by `createApp`, or by a factory that `app.of` calls. At that
 * level stand constants: tables, functions, classes, expressions that only search or print.
 * @adr 0050
 */

/** Classes whose instances are tables, where they are made with what is in them. */
const tables = new Set(['Map', 'Set'])
/** Classes whose instances remember nothing. */
const stateless = /^(RegExp|URL|Text(En|De)coder|Intl\..+)$/

/**
 * Why a value is state, in a few words; undefined where it is none that can be seen.
 *
 * @param {any} init
 * @param {(node: any) => string} text
 * @returns {string | undefined}
 */
function whyState(init, text) {
  switch (init?.type) {
    case 'TSAsExpression':
    case 'TSSatisfiesExpression':
    case 'TSNonNullExpression':
      return whyState(init.expression, text)
    case 'AwaitExpression':
      return whyState(init.argument, text)
    case 'CallExpression':
      return /^\$(state|derived)\b/.test(text(init.callee)) ? 'a rune' : undefined
    case 'NewExpression': {
      const name = text(init.callee)
      if (stateless.test(name) || (tables.has(name) && init.arguments.length > 0)) return undefined
      return `a ${name}`
    }
    default:
      return undefined
  }
}

/**
 * The lint rule.
 *
 * @type {import('eslint').Rule.RuleModule}
 */
export const noModuleState = {
  meta: { type: 'problem', schema: [] },
  create(context) {
    const { sourceCode } = context

    /** @param {any} statement */
    function check(statement) {
      const declared = statement.type === 'ExportNamedDeclaration' ? statement.declaration : statement
      if (declared?.type !== 'VariableDeclaration' || declared.declare === true) return
      for (const each of declared.declarations) {
        const why =
          declared.kind === 'const' ? whyState(each.init, (node) => sourceCode.getText(node)) : 'a variable'
        if (why === undefined) continue
        context.report({
          node: each,
          message: `State at the level of a module (${why}): two pages would share it. Make it in createApp, or by app.of() or machine.of().`,
        })
      }
    }

    return {
      /** @param {any} program */
      Program(program) {
        for (const each of program.body) {
          if (each.type !== 'SvelteScriptElement') check(each)
          // The other script of a component is run for each of them.
          else if (/^<script\b[^>]*\bmodule\b/.test(sourceCode.getText(each))) each.body.forEach(check)
        }
      },
    }
  },
}

/** Forms that shorten a chain: commit and stream, with what each leaves. @qapi block-commit, block-stream */
import { activeOf, chainOf, commitPreview } from '#inside/blocks/chain.ts'
import type { BlockGraph, DriverNode } from '#inside/blocks/block-model.ts'
import type { ActionPlan } from '../../action/action.ts'
import { freeName } from './block-form.ts'
import type { BlockForm, ChainPreview, FormField, FormValues } from './block-form.ts'
import type { Taken } from './copy-forms.ts'

function choice(name: string, label: string, value: string, nodes: readonly DriverNode[]): FormField {
  return {
    kind: 'choice',
    name,
    label,
    value,
    choices: nodes.map((each) => ({ value: each.name, label: each.name })),
  }
}

const refusals = {
  'not-in-chain': 'These nodes are in no chain any more.',
  'base-not-below-top': 'The base has to be below the top.',
} as const

/** Bring what was written into overlays down into their base. */
export function commitForm(graph: BlockGraph, node: DriverNode, taken: Taken): BlockForm {
  const active = activeOf(graph, node.id)
  const chain = chainOf(graph, active)
  const at = Math.max(
    0,
    chain.findIndex(({ id }) => id === node.id),
  )
  const top = chain[Math.min(at, chain.length - 2)]
  const base = chain[Math.min(at, chain.length - 2) + 1]
  const looked = (values: FormValues) =>
    commitPreview(graph, chain, values.get('top') ?? '', values.get('base') ?? '')
  return {
    ...{ id: 'commit', label: 'Commit…', command: 'block-commit' },
    about:
      'Writes what the top and all down to the base have into the base. What is emptied leaves the chain.',
    why: chain.length < 2 ? 'it stands on no other image, or the server does not tell on which' : undefined,
    fields: [
      choice('top', 'From (top)', top?.name ?? '', chain.slice(0, -1)),
      choice('base', 'Into (base)', base?.name ?? '', chain.slice(1)),
    ],
    preview: (values): ChainPreview | string => {
      const found = looked(values)
      if (typeof found === 'string') return refusals[found]
      return {
        before: found.before,
        after: found.after,
        notes: [
          `${found.emptied.join(', ')} ${found.emptied.length === 1 ? 'leaves' : 'leave'} the chain; ${found.base} has their data then.`,
          ...(found.isActive
            ? ['The top is written to: the job gets ready and waits until you complete it.']
            : []),
          ...(found.grows ? [`${found.base} is smaller than the top: QEMU makes it larger first.`] : []),
          ...(found.harmed.length > 0
            ? [`Others stand on these: ${found.harmed.join(', ')} would see data that is not theirs.`]
            : []),
        ],
      }
    },
    build: (values): ActionPlan | string => {
      const found = looked(values)
      if (typeof found === 'string') return refusals[found]
      const id = freeName(`commit-${found.emptied[0] ?? ''}`, taken)
      return {
        title: `Commit ${found.emptied.join(', ')} into ${found.base}`,
        about: `The chain will be ${found.after.join(' → ')}. There is no way back once it is done.`,
        verb: 'Commit',
        isDangerous: found.harmed.length > 0,
        steps: [
          {
            name: 'block-commit',
            args: {
              ...{ 'job-id': id, device: graph.parts.find((part) => part.id === active)?.name ?? '' },
              ...{ 'top-node': found.emptied[0] ?? '', 'base-node': found.base },
            },
            undo: { name: 'job-cancel', args: { id }, leaves: { kind: 'job', id } },
          },
        ],
        after: found.isActive
          ? 'When its job is ready, complete it at its card.'
          : 'Its job ends without a further command.',
      }
    },
  }
}

/** Bring what stands below up into the node. */
export function streamForm(graph: BlockGraph, node: DriverNode, taken: Taken): BlockForm {
  const chain = chainOf(graph, node.id)
  const below = chain.slice(2)
  const after = (values: FormValues): readonly string[] => {
    const names = chain.map(({ name }) => name)
    const from = names.indexOf(values.get('base') ?? '')
    return [node.name, ...(from < 0 ? [] : names.slice(from))]
  }
  return {
    ...{ id: 'stream', label: 'Stream…', command: 'block-stream' },
    about: 'Copies what the images below have into this node, so that it no longer needs them.',
    why: chain.length < 2 ? 'it stands on no other image, or the server does not tell on which' : undefined,
    fields: [
      {
        ...{ kind: 'choice', name: 'base', label: 'Stand on', value: '' },
        choices: [
          { value: '', label: 'nothing: copy all' },
          ...below.map(({ name }) => ({ value: name, label: name })),
        ],
      },
    ],
    preview: (values) => {
      const left = after(values)
      const names = chain.map(({ name }) => name)
      return {
        ...{ before: names, after: left },
        notes: [
          `${names.filter((each) => !left.includes(each)).join(', ')}: no longer below; nothing is written to them.`,
        ],
      }
    },
    build: (values): ActionPlan | string => {
      const id = freeName(`stream-${node.name}`, taken)
      const base = values.get('base') ?? ''
      return {
        title: `Stream into ${node.name}`,
        about: `The chain will be ${after(values).join(' → ')}.`,
        verb: 'Stream',
        steps: [
          {
            name: 'block-stream',
            args: { 'job-id': id, device: node.name, ...(base === '' ? {} : { 'base-node': base }) },
            undo: { name: 'job-cancel', args: { id }, leaves: { kind: 'job', id } },
          },
        ],
        after: 'Its job ends without a further command.',
      }
    },
  }
}

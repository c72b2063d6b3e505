/** Which actions a part of the block graph has, in the order of how often they are wanted. */
import type { BlockGraph, BlockPart } from '#inside/blocks/block-model.ts'
import type { BlockForm } from './block-form.ts'
import { commitForm, streamForm } from './chain-forms.ts'
import { copyForm, snapshotForm } from './copy-forms.ts'
import {
  bitmapForm,
  deleteForm,
  exportForm,
  histogramForm,
  mediumForm,
  resizeForm,
  thresholdForm,
  throttleForm,
  unexportForm,
} from './node-forms.ts'

/** The forms of a part. */
export function formsFor(graph: BlockGraph, part: BlockPart): readonly BlockForm[] {
  const names = new Set(graph.parts.map(({ name }) => name))
  const taken = (name: string): boolean => names.has(name)
  switch (part.kind) {
    case 'format':
    case 'filter':
    case 'protocol':
      return [
        snapshotForm(part, taken),
        copyForm('mirror', part, taken),
        copyForm('backup', part, taken),
        commitForm(graph, part, taken),
        streamForm(graph, part, taken),
        resizeForm(part),
        exportForm(part, taken),
        bitmapForm(part),
        thresholdForm(part),
        deleteForm(graph, part),
      ]
    case 'device':
      return [...(part.isRemovable ? [mediumForm(part)] : []), throttleForm(part), histogramForm(part)]
    case 'export':
      return [unexportForm(part)]
    case 'job':
    case 'backend':
      return []
  }
}

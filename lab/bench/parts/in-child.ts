/** Runs lab/bench/memory.ts in a process of its own. */
import { join } from 'node:path'
import { root } from '../../paths.ts'
import { startChild } from '../../processes.ts'

/** The numbers that it prints. Throws what it says where it prints none. */
export async function memoryOf(what: 'reply' | 'record'): Promise<readonly number[]> {
  const file = join(root, 'lab', 'bench', 'memory.ts')
  const child = await startChild(process.execPath, ['--expose-gc', '--import', 'tsx', file, what])
  if ((await child.over) !== 0) throw new Error(`the memory benchmark failed: ${child.words()}`)
  return JSON.parse(child.words()) as readonly number[]
}

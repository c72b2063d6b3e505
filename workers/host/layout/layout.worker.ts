/** The entry of the worker that lays out graphs: wiring and nothing else. */
import { expose } from 'comlink'
import { layOut } from './layout.ts'

expose(
  {
    ping: () => undefined,
    layOut: (graph: Parameters<typeof layOut>[0]) => Promise.resolve(layOut(graph)),
  },
  self,
)

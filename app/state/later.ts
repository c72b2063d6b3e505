/** Code of the state that is loaded when it is first needed, so that the first picture does not wait for it. */

/**
 * How long a part of the code may take, in milliseconds. A small one comes within a second over a slow line; shorter
 * would fail where patience helps, longer would keep people waiting for an answer that is no.
 */
const patienceMs = 10_000

/**
 * A door to code that is loaded at the first call, once. Resolves with undefined where the server of the page did not send
 * it in time; the next call tries again. Never rejects.
 */
export function later<Code>(load: () => Promise<Code>): () => Promise<Code | undefined> {
  let loading: Promise<Code | undefined> | undefined
  return () => {
    loading ??= inTime(load).then((code) => {
      if (code === undefined) loading = undefined
      return code
    })
    return loading
  }
}

async function inTime<Code>(load: () => Promise<Code>): Promise<Code | undefined> {
  let timer: ReturnType<typeof setTimeout> | undefined
  const late = new Promise<undefined>((resolve) => (timer = setTimeout(() => resolve(undefined), patienceMs)))
  const code = await Promise.race([load().catch(() => undefined), late])
  clearTimeout(timer)
  return code
}

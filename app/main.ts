/**
 * Mounts the page. public/boot.js reports failures before and after that, in the box of index.html.
 * @adr 0049
 */
import { mount } from 'svelte'
import App from '#views/frame/App.svelte'
import { createApp } from '#state/app.svelte.ts'
import { thisBrowser } from '#state/platform.ts'
import { Arming, isFramedByOthers } from '#ui/browser/stranger.ts'

/** Why the page is not mounted in a frame of another site. */
const framed =
  'Another site shows this page inside its own. It could cover parts of it and make you press buttons that you do not see. Nothing is connected here. Open QMP Studio in a tab of its own.'

const target = document.getElementById('app')
if (target === null) throw new Error('index.html has no element with the id app')
if (isFramedByOthers(window)) {
  // boot.js shows the message of this error in its box. The instructions for starting the page do not apply here.
  window.dispatchEvent(new ErrorEvent('error', { message: framed }))
  const how = document.getElementById('trouble-how')
  if (how !== null) how.hidden = true
} else if (!document.documentElement.hasAttribute('data-lacks')) {
  // In a browser that lacks what the page needs, boot.js says so and nothing is started.
  const arming = new Arming(window)
  const app = createApp(thisBrowser())
  app.router.onStranger(() => arming.disarm())
  mount(App, { target, props: { app } })
  // The address that the page was opened with may be a stranger's, too.
  arming.disarm()
}

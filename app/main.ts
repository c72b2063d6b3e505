/**
 * Mounts the page. What goes wrong before or after is said by public/boot.js in the box of index.html.
 * @adr 0049
 */
import { mount } from 'svelte'
import App from '#views/frame/App.svelte'
import { router } from '#state/page/router.svelte.ts'
import { Arming, isFramedByOthers } from '#ui/browser/stranger.ts'

/** Why the page is not mounted in a frame of another site: what that site lays over it would be pressed unseen. */
const framed =
  'Another site shows this page inside its own, where it could lay something over it and have you press what you do not see. Nothing is connected here. Open QMP Studio by itself, in a tab of its own.'

const target = document.getElementById('app')
if (target === null) throw new Error('index.html has no element with the id app')
if (isFramedByOthers(window)) {
  // boot.js says what is told it as an error, in the box that is there for it; how to start the page is not the matter.
  window.dispatchEvent(new ErrorEvent('error', { message: framed }))
  const how = document.getElementById('trouble-how')
  if (how !== null) how.hidden = true
} else {
  const arming = new Arming(window)
  router.onStranger(() => arming.disarm())
  mount(App, { target })
  // The address that the page was opened with was chosen elsewhere, too.
  arming.disarm()
}

/**
 * Mounts the gallery of widgets: `npm run dev`, then /app/ui/gallery/ of its address. No page leads here, so that the
 * built page does not contain it.
 * @adr 0051
 */
import { mount } from 'svelte'
import Gallery from './Gallery.svelte'

const target = document.getElementById('app')
if (target === null) throw new Error('index.html has no element with the id app')
mount(Gallery, { target })

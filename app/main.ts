/** Mounts the page; what goes wrong before that stays visible in the box of index.html. */
import { mount } from 'svelte'
import App from './App.svelte'

const target = document.getElementById('app')
if (target === null) throw new Error('index.html has no element with the id app')
target.replaceChildren()
mount(App, { target })

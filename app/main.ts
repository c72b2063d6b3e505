/** Mounts the page. What goes wrong before or after is said by public/boot.js in the box of index.html. */
import { mount } from 'svelte'
import App from './App.svelte'

const target = document.getElementById('app')
if (target === null) throw new Error('index.html has no element with the id app')
mount(App, { target })

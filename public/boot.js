// Runs before the page's program and without it: takes over the chosen colour scheme before anything is painted, and
// says in the box of index.html when the browser lacks something that the page cannot do without, or when the program does
// not come up or breaks. A plain old script, on purpose: it has to run in any browser.
;(function () {
  'use strict'
  var settingsKey = 'qmp-studio.settings'
  var patienceMs = 8000
  var shown = false

  try {
    var theme = JSON.parse(localStorage.getItem(settingsKey) || '{}').theme
    if (theme === 'light' || theme === 'dark') document.documentElement.dataset.theme = theme
  } catch (error) {
    // Storage is switched off or holds something else: the system's scheme.
  }

  function mounted() {
    var app = document.getElementById('app')
    return app !== null && app.childElementCount > 0
  }

  function show(words) {
    var box = document.getElementById('trouble')
    if (box === null || shown) return
    shown = true
    var running = mounted()
    var title = document.getElementById('trouble-title')
    var what = document.getElementById('trouble-what')
    var how = document.getElementById('trouble-how')
    if (title !== null)
      title.textContent = running ? 'Something in this page broke' : 'QMP Studio did not start'
    if (!running) {
      // Then the box is all there is: the page's main part, and its title the page's.
      box.setAttribute('role', 'main')
      if (title !== null) {
        title.setAttribute('role', 'heading')
        title.setAttribute('aria-level', '1')
      }
    }
    if (how !== null) how.hidden = running
    box.toggleAttribute('data-beside', running)
    box.hidden = false
    // In sight before it is filled, so that it is read aloud.
    if (what !== null) what.textContent = words
  }

  // The page's worker is a module. The way to ask is to see whether the browser reads the option; an address that is
  // none starts nothing.
  function hasModuleWorkers() {
    var isRead = false
    try {
      new Worker('http://%', {
        get type() {
          isRead = true
          return 'module'
        },
      })
    } catch (error) {
      // As expected.
    }
    return isRead
  }

  function canStyle(property, value) {
    return typeof CSS === 'object' && typeof CSS.supports === 'function' && CSS.supports(property, value)
  }

  // index.html names the first browsers that have all of these.
  function lacking() {
    var needs = [
      ['popovers', 'popover' in HTMLElement.prototype],
      ['dialogs', typeof HTMLDialogElement === 'function' && 'showModal' in HTMLDialogElement.prototype],
      ['light-dark() colours', canStyle('color', 'light-dark(#000, #fff)')],
      ['container queries', canStyle('container-type', 'inline-size')],
      ['structuredClone', typeof structuredClone === 'function'],
      ['ES2023', typeof [].toSorted === 'function'],
      ['AbortSignal.timeout', typeof AbortSignal === 'function' && 'timeout' in AbortSignal],
      ['module workers', typeof Worker === 'function' && hasModuleWorkers()],
    ]
    return needs
      .filter(function (need) {
        return !need[1]
      })
      .map(function (need) {
        return need[0]
      })
  }

  var lacks = lacking()
  // The program reads this, and does not start.
  if (lacks.length > 0) document.documentElement.setAttribute('data-lacks', lacks.join(', '))

  function ready() {
    if (lacks.length > 0) show('This browser is too old for it. It lacks: ' + lacks.join(', ') + '.')
    var close = document.getElementById('trouble-close')
    var reload = document.getElementById('trouble-reload')
    if (close !== null)
      close.addEventListener('click', function () {
        document.getElementById('trouble').hidden = true
        shown = false
      })
    if (reload !== null)
      reload.addEventListener('click', function () {
        location.reload()
      })
    setTimeout(function () {
      if (!mounted()) show('Its program has not come up within ' + patienceMs / 1000 + ' seconds.')
    }, patienceMs)
  }

  window.addEventListener(
    'error',
    function (event) {
      if (event.target instanceof HTMLScriptElement)
        show('The file ' + event.target.src + ' could not be loaded.')
      else if (event.target instanceof HTMLLinkElement) {
        // Only its style sheet is needed from a link. A module that is fetched ahead is a hint: Firefox calls it failed
        // where it has the module already, and one that is not there is told by whoever imports it.
        if (!event.target.relList.contains('stylesheet')) return
        // The style sheet of a view: who opens the view is told in its place, and it is fetched again (app/ui/Lazy.svelte).
        if (mounted()) event.target.dataset.failed = ''
        else show('The file ' + event.target.href + ' could not be loaded.')
      }
      // The browser's own remark on a layout that takes more than one frame; nothing is broken.
      else if (event.message && event.message.indexOf('ResizeObserver') < 0) show(event.message)
    },
    true,
  )
  window.addEventListener('unhandledrejection', function (event) {
    show(String((event.reason && event.reason.message) || event.reason))
  })
  if (document.readyState === 'loading') document.addEventListener('DOMContentLoaded', ready)
  else ready()
})()

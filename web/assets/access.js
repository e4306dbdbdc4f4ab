// What Streamlit's page lacks for readers who don't use a mouse or don't see the screen. It watches the page and puts
// attributes where they are missing; each is set only where it has another value, so that nothing sets it off again.
{
  const words = "SAID" // language to words: put in by web/words.py
  const root = document.documentElement
  const LEVELS = { H2: "3", H3: "2", H4: "3", H5: "4", H6: "5" } // of Streamlit's subheaders below the page's one title

  const put = (element, name, value) => {
    if (element && element.getAttribute(name) !== value) element.setAttribute(name, value)
  }
  const all = selector => document.querySelectorAll(selector)
  const testid = name => `[data-testid="${name}"]`

  // The language button changes the address, and the page is not loaded anew.
  const speak = () => {
    const asked = new URLSearchParams(location.search).get("lang")
    put(root, "lang", asked in words ? asked : Object.keys(words)[0])
    return words[root.lang]
  }

  const landmarks = said => {
    for (const [key, name] of [["menu", said.menu], ["foot", said.foot]])
      for (const part of all(`.st-key-${key}`)) {
        put(part, "role", "navigation")
        put(part, "aria-label", name)
      }
    for (const link of all(`.st-key-menu a, .st-key-foot a`)) {
      const here = link.closest("[class*='_here']") !== null
      if (here) put(link, "aria-current", "page")
      else link.removeAttribute("aria-current")
    }
  }

  const headings = () => {
    for (const heading of all(`${testid("stMain")} :is(h2, h3, h4, h5, h6)`))
      put(heading, "aria-level", LEVELS[heading.tagName])
  }

  // A frame that scrolls must be reachable by keyboard, and say what it holds.
  const frames = () => {
    for (const frame of all(`${testid("stTable")}, ${testid("stTable")} > *, ${testid("stMain")} pre`)) {
      const scrolls = frame.scrollWidth > frame.clientWidth + 1 && getComputedStyle(frame).overflowX !== "visible"
      if (scrolls) {
        put(frame, "tabindex", "0")
        const name = frame.querySelector("table")?.getAttribute("aria-label")
        if (name && !frame.matches("table")) {
          put(frame, "role", "group")
          put(frame, "aria-label", name)
        }
      } else if (frame.getAttribute("tabindex") === "0") frame.removeAttribute("tabindex")
    }
  }

  // Who can't see that the page has changed is told, once it has.
  const status = document.createElement("div")
  status.id = "vink-status"
  status.setAttribute("role", "status")
  const address = document.createElement("div") // of the page; only paper shows it
  address.id = "vink-address"
  address.setAttribute("aria-hidden", "true")
  let state = ""
  let runs = 0
  const tell = said => {
    const app = document.querySelector(testid("stApp"))
    if (!status.isConnected && document.body) document.body.append(status, address)
    if (address.textContent !== location.href) address.textContent = location.href
    const now = app ? app.dataset.testScriptState : ""
    if (now === "running" && state !== "running" && runs) status.textContent = ""
    if (now === "notRunning" && state === "running") {
      if (runs) status.textContent = said.updated
      runs += 1
    }
    state = now
  }

  // A menu that opens over the page is drawn at the end of it: the focus goes into it, and comes back.
  const FOCUSABLE = 'a[href], button:not([disabled]), input, textarea, [tabindex="0"]'
  let menu = null
  let opener = null
  const inside = () => [...menu.querySelectorAll(FOCUSABLE)].filter(it => it.getClientRects().length)
  const menus = () => {
    const body = document.querySelector(testid("stPopoverBody"))
    if (body && body !== menu) {
      menu = body
      opener = document.activeElement?.closest(testid("stPopoverButton"))
      put(menu, "tabindex", "-1")
      menu.focus()
    } else if (!body && menu) {
      menu = null
      if (document.activeElement === document.body) opener?.focus()
    }
  }
  addEventListener("keydown", event => {
    if (event.key !== "Tab" || !menu?.isConnected || !opener) return
    const within = inside()
    const end = within[event.shiftKey ? 0 : within.length - 1]
    if (document.activeElement === end || (event.shiftKey && document.activeElement === menu)) {
      opener.focus() // from where the browser goes on, or back to where one came from
      opener.click()
      if (event.shiftKey) event.preventDefault()
    }
  }, true)

  let due = false
  const mend = () => {
    due = false
    const said = speak()
    landmarks(said)
    headings()
    frames()
    menus()
    tell(said)
  }
  const soon = () => {
    if (!due) {
      due = true
      requestAnimationFrame(mend)
    }
  }

  new MutationObserver(soon).observe(root, {
    subtree: true, childList: true, attributes: true,
    attributeFilter: ["data-test-script-state", "class", "aria-selected", "open"],
  })
  addEventListener("resize", soon)
  addEventListener("popstate", soon)

  // Streamlit's link past the menu leads to the element that the menu is in.
  addEventListener("click", event => {
    if (!event.target.closest?.(testid("stSkipToContent"))) return
    const title = document.querySelector(`${testid("stMain")} h1`)
    if (!title) return
    event.preventDefault()
    event.stopPropagation()
    put(title, "tabindex", "-1")
    title.focus()
  }, true)
}

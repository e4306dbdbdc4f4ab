// Which view of a figure is open is the browser's to know: no run of the page is needed for it, so two quick choices can't
// overtake each other. It stands in the address ("view=grounded_by_year~table"), for a link, a reload and a session that
// begins anew; the server opens the views of the address that it was asked for, in whatever language (ui/takeaway.py).
{
  const VIEWS = ["chart", "table", "about"] // in the order of the tabs, as in ui/takeaway.py; the first is open by itself
  const PARAMETER = "view"
  let path = location.pathname
  let opened = new Map() // figure to view
  const words = new WeakMap() // list of tabs to the words on them when it was last looked at
  let chosen = new WeakSet() // lists of tabs whose open view is the reader's choice, not what Streamlit began with

  const read = () => {
    const parts = (new URLSearchParams(location.search).get(PARAMETER) ?? "").split(",").map(part => part.split("~"))
    opened = new Map(parts.filter(([figure, view]) => figure && VIEWS.includes(view)))
  }
  const write = () => {
    const now = [...opened].filter(([, view]) => view !== VIEWS[0]).map(parts => parts.join("~")).join(",")
    const query = new URLSearchParams(location.search)
    if ((query.get(PARAMETER) ?? "") === now) return
    if (now) query.set(PARAMETER, now)
    else query.delete(PARAMETER)
    const written = query.toString().replaceAll("%2C", ",").replaceAll("%7E", "~")
    history.replaceState(history.state, "", location.pathname + (written && `?${written}`) + location.hash)
  }

  const figureOf = list => /(?:^|\s)st-key-(\S+)_view(?:\s|$)/.exec(list.closest("[class*='_view']")?.className ?? "")?.[1]
  const look = () => {
    if (location.pathname !== path) {
      path = location.pathname
      read()
    }
    for (const list of document.querySelectorAll("[data-testid=stTabs] [role=tablist]")) {
      const figure = figureOf(list)
      const tabs = [...list.querySelectorAll("[role=tab]")]
      const at = tabs.findIndex(tab => tab.getAttribute("aria-selected") === "true")
      if (!figure || at < 0) continue
      const said = tabs.map(tab => tab.textContent).join("\n")
      const wanted = opened.get(figure) ?? VIEWS[0]
      if (words.get(list) !== said) chosen.delete(list) // in another language Streamlit begins anew, some frames later
      words.set(list, said)
      if (chosen.has(list)) opened.set(figure, VIEWS[at])
      else if (VIEWS[at] !== wanted) tabs[VIEWS.indexOf(wanted)].click()
    }
    write()
  }

  let due = false
  const soon = () => {
    if (due) return
    due = true
    requestAnimationFrame(() => {
      due = false
      look()
    })
  }
  read()
  new MutationObserver(soon).observe(document.documentElement, {
    subtree: true, childList: true, characterData: true, attributes: true, attributeFilter: ["aria-selected"],
  })
  for (const event of ["pointerdown", "click", "keydown"])
    addEventListener(event, ({ isTrusted, target }) => {
      const list = isTrusted && target.closest?.("[role=tablist]")
      if (list) chosen.add(list)
    }, true)
  addEventListener("popstate", () => {
    read()
    chosen = new WeakSet()
    soon()
  })
}

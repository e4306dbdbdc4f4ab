// Puts the reader's language in the place of Streamlit's own English words, and back.
//
// Only where Streamlit itself writes (PLACES), and only words that stand in text/streamlit.toml: an English word in our own
// texts is a fault that must be seen. What Streamlit wrote is remembered, so a change of language needs no new page.
{
  const WORDS = "DICTIONARY" // place to pairs of Streamlit's words and ours: put in by web/words.py
  const PLACES = {
    page: "[data-testid=stSkipToContent],[data-testid=stHeaderActionElements],[data-testid=stTabs],[data-testid=stTable]",
    toolbar: "[data-testid=stElementToolbar],[data-testid=stTooltipContent],[data-testid=stCode]",
    field:
      "[data-testid=stSelectbox],[data-testid=stMultiSelect],[data-testid=stTextInput],[data-testid=stTextArea]," +
      "[data-testid=stSlider],[data-testid=stSelectboxVirtualDropdown],[data-testid=stMultiSelectDropdown]," +
      "[data-testid=InputInstructions],[data-testid=stDownloadButton],[data-testid=stTooltipErrorContent]",
    announced: "[data-live-announcer]",
    grid:
      "[data-testid^=stDataFrameColumn],[data-testid=stDataFrameStatisticsMenu],.gdg-search-bar," +
      "body:has([data-testid=stDataFrameStatisticsMenu]) #vg-tooltip-element",
    dialog: "[role=dialog],[data-testid=stDialog],[data-testid=stToastContainer],[data-testid=stToast]",
    status: "[data-testid=stStatusWidget],[data-testid=stApp]>[data-testid=stAlert]",
    chart: "[data-testid=stVegaLiteChart],[data-testid=stDataFrameStatisticsMenu]",
  }
  const ATTRIBUTES = [
    "aria-label", "aria-description", "aria-placeholder", "aria-roledescription", "aria-valuetext", "title", "placeholder",
    "alt", "data-tooltip",
  ]

  const exact = new Map() // Streamlit's words to [place, ours]
  const patterns = [] // the same where something is put in
  const escaped = (words) => words.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")
  const add = (place, own, ours) => {
    const names = [...own.matchAll(/\{(\w+)\}/g)].map((match) => match[1])
    if (!names.length) return exact.set(own, [...(exact.get(own) ?? []), [place, ours]])
    const source = own.split(/\{\w+\}/).map(escaped).join("([^]+?)")
    patterns.push({ place, ours, names, source, match: new RegExp(`^${source}$`) })
  }
  for (const [place, pairs] of Object.entries(WORDS)) for (const [own, ours] of pairs) add(place, own, ours)
  const any = new RegExp(`^(?:${patterns.map(({ source }) => source).join("|")})$`)

  const danish = () => new URLSearchParams(location.search).get("lang") !== "en"
  const within = (element, place) => element.closest(PLACES[place])

  // Ours for Streamlit's words in `element`, or undefined where they aren't Streamlit's.
  const same = (own, element) => exact.get(own)?.find(([place]) => within(element, place))?.[1]
  const translated = (own, element) => {
    if (exact.has(own)) return same(own, element)
    if (!any.test(own)) return undefined
    for (const { place, ours, names, match } of patterns) {
      const parts = own.match(match)
      if (parts && within(element, place))
        return ours.replace(/\{(\w+)\}/g, (_, name) => {
          const part = parts[1 + names.indexOf(name)]
          return same(part, element) ?? part
        })
    }
  }

  // node to what Streamlit wrote and what stands there now: of the text ("") and of each attribute
  const known = new WeakMap()
  const renew = (node, name, element, now, write) => {
    if (!now || !/[a-z]/i.test(now)) return
    const mine = known.get(node)
    const before = mine?.get(name)
    const own = before?.shown === now ? before.own : now
    const [, lead, words, tail] = own.match(/^(\s*)([^]*?)(\s*)$/)
    const ours = danish() ? translated(words, element) : undefined
    const shown = ours === undefined ? own : lead + ours + tail
    if (shown !== own || before) (mine ?? known.set(node, new Map()).get(node)).set(name, { own, shown })
    if (shown !== now) write(shown)
  }
  const text = (node) => {
    if (node.parentElement) renew(node, "", node.parentElement, node.data, (words) => (node.data = words))
  }
  const attribute = (element, name) =>
    renew(element, name, element, element.getAttribute(name), (words) => element.setAttribute(name, words))
  const all = (root) => {
    const walker = document.createTreeWalker(root, NodeFilter.SHOW_ELEMENT | NodeFilter.SHOW_TEXT)
    for (let node = root; node; node = walker.nextNode())
      if (node.nodeType === Node.TEXT_NODE) text(node)
      else if (node.nodeType === Node.ELEMENT_NODE) for (const name of ATTRIBUTES) attribute(node, name)
  }

  let spoken = danish()
  const observer = new MutationObserver((records) => {
    if (danish() !== spoken) {
      spoken = danish()
      window.dispatchEvent(new Event("languagechange")) // Streamlit's parts ask for the browser's language anew
      all(document)
    } else
      for (const { type, target, attributeName, addedNodes } of records)
        if (type === "characterData") text(target)
        else if (type === "attributes") attribute(target, attributeName)
        else addedNodes.forEach(all)
    observer.takeRecords() // our own changes
  })
  observer.observe(document, {
    subtree: true, childList: true, characterData: true, attributes: true, attributeFilter: ATTRIBUTES,
  })
}

// The top of the page that came with the shell (web/first.py) gives way once Streamlit has drawn the same.
{
  const first = document.getElementById("vink-first")
  const root = document.getElementById("root")
  const find = (selector) => root.querySelector(selector)
  const PATIENCE = 10000 // ms from its title on, after which whatever Streamlit shows is better than what can't be used
  let began = 0

  // The first chart is there and as wide as its frame: it is drawn once before it knows how wide that is.
  const drawn = () => {
    const chart = find("[data-testid=stVegaLiteChart]")
    if (!chart?.offsetParent) return true // a page without figures, nothing chosen, a problem, or another view is open
    const svg = chart.querySelector("svg")
    return svg && Math.abs(svg.getBoundingClientRect().width - chart.parentElement.getBoundingClientRect().width) < 2
  }

  const ready = () => {
    const app = find("[data-testid=stApp]")
    if (!app || !find("h1")) return Boolean(document.querySelector("[role=dialog]")) // it can't go on, and says why
    began ||= performance.now()
    if (performance.now() - began > PATIENCE) return true
    return app.dataset.testScriptState === "notRunning" && !find("[data-stale=true], [data-testid=stSkeleton]") && drawn()
  }

  // The address may name a figure ("#grounded_by_year"). Streamlit goes there before the charts above it are drawn, and is
  // pushed away by them; so the page stays there until it keeps its height, or the reader goes elsewhere.
  const SETTLING = 3000 // ms
  const MOVES = ["wheel", "touchstart", "pointerdown", "keydown"]
  let moved = false
  for (const move of MOVES) addEventListener(move, () => (moved = true), { once: true, capture: true, passive: true })
  const named = (within) => (location.hash ? within.querySelector(`[id="${CSS.escape(location.hash.slice(1))}"]`) : null)
  const arrive = () => {
    const go = () => (moved ? seen.disconnect() : named(root)?.scrollIntoView())
    const seen = new ResizeObserver(go)
    seen.observe(find("[data-testid=stMainBlockContainer]"))
    setTimeout(() => seen.disconnect(), SETTLING)
  }

  const giveWay = () => {
    const active = first.contains(document.activeElement) ? document.activeElement : null
    const main = find("[data-testid=stMain]")
    const down = first.scrollTop
    root.inert = false
    first.remove()
    if (named(root) && !moved) arrive()
    else if (main && down > 0) main.scrollTop = down
    const same = active && active.dataset.as && find(active.dataset.as)
    if (same) same.focus({ preventScroll: true })
  }

  if (first && root) {
    // Nothing is read twice, nor reached by the keyboard behind what is seen. The style hides it too.
    root.inert = true
    const down = window.scrollY
    first.dataset.over = "" // from here on it lies over what is being drawn
    first.scrollTop = down
    named(first)?.scrollIntoView()
    const timer = setInterval(() => {
      if (!ready()) return
      clearInterval(timer)
      requestAnimationFrame(giveWay)
    }, 40)
  }
}

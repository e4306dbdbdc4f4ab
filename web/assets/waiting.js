// Says what a reader waits for: a page that takes long, or a connection that was lost.
{
  const words = "SAID" // language to words: put in by web/words.py
  const SLOW_MS = 5000, LOST_MS = 1500
  let since = performance.now(), state = "", note

  const said = () => words[document.documentElement.lang]

  const now = () => {
    const app = document.querySelector("[data-testid=stApp]")
    if (!app || document.visibilityState === "hidden") return ""
    if (app.dataset.testConnectionState !== "CONNECTED") return "lost"
    return app.dataset.testScriptState === "running" ? "slow" : ""
  }

  const say = told => {
    if (!note) {
      note = document.createElement("div")
      note.id = "vink-waiting"
      note.setAttribute("role", "status")
      note.style.cssText =
        "position:fixed;left:50%;bottom:1rem;transform:translateX(-50%);z-index:1000000;max-width:min(40rem,92vw);" +
        "padding:.7rem 1rem;background:#FFF8E1;color:#16191D;border:1px solid #8A6100;border-radius:.4rem;" +
        "font:1rem/1.4 'Source Sans',system-ui,sans-serif;box-shadow:0 2px 8px rgba(0,0,0,.2)"
      document.body.append(note)
    }
    if (note.textContent !== told) note.textContent = told
    note.hidden = !told
  }

  let connected = false
  setInterval(() => {
    const found = now()
    connected ||= document.querySelector("[data-testid=stApp]")?.dataset.testConnectionState === "CONNECTED"
    if (found !== state) [state, since] = [found, performance.now()]
    const waited = performance.now() - since
    if (state === "lost" && connected && waited > LOST_MS) say(said().lost)
    else if (state === "slow" && waited > SLOW_MS) say(said().slow)
    else if (!state) say("")
  }, 250)
}

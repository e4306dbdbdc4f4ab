// What the page shell does before Streamlit starts. Served as a file: the Content-Security-Policy allows no inline script.
window.prerenderReady = false

// Where the server is and whom the page listens to, so that Streamlit need not ask for both before it connects.
window.__streamlit = {
  BACKEND_BASE_URL: location.origin + "/",
  // With sign-in on it must ask: the answer brings the cookie without which Streamlit takes nobody for signed in.
  ...("signIn" in document.documentElement.dataset
    ? {}
    : { HOST_CONFIG: { allowedOrigins: [location.origin], useExternalAuthToken: false } }),
}

// Streamlit formats numbers and dates of its grid in the browser's language; the page has one of its own, which the
// address says and the reader can change without a new page.
{
  const language = () => (new URLSearchParams(location.search).get("lang") === "en" ? "en-GB" : "da-DK")
  Object.defineProperty(navigator, "language", { get: language, configurable: true })
  Object.defineProperty(navigator, "languages", { get: () => [language()], configurable: true })

  // The same for what is formatted without naming a language.
  for (const [owner, names] of [
    [Number.prototype, ["toLocaleString"]],
    [Date.prototype, ["toLocaleString", "toLocaleDateString", "toLocaleTimeString"]],
  ])
    for (const name of names) {
      const original = owner[name]
      owner[name] = function (locales = language(), options = undefined) {
        return original.call(this, locales, options)
      }
    }
}

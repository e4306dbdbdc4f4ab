// What the page shell does before Streamlit starts. Served as a file: the Content-Security-Policy allows no inline script.
window.prerenderReady = false

// Streamlit formats numbers and dates of its grid in the browser's language; the page has one of its own.
{
  const language = () => document.documentElement.lang === "da" ? "da-DK" : "en-GB" // it changes without a new page
  Object.defineProperty(navigator, "language", { get: language, configurable: true })
  Object.defineProperty(navigator, "languages", { get: () => [language()], configurable: true })
}

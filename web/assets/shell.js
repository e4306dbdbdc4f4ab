// What the page shell does before Streamlit starts. Served as a file: the Content-Security-Policy allows no inline script.
window.prerenderReady = false

// Where the server is and whom the page listens to, so that Streamlit need not ask for both before it connects.
window.__streamlit = {
  BACKEND_BASE_URL: location.origin + "/",
  HOST_CONFIG: { allowedOrigins: [location.origin], useExternalAuthToken: false },
}

// Streamlit formats numbers and dates of its grid in the browser's language; the page has one of its own.
{
  const language = document.documentElement.lang === "da" ? "da-DK" : "en-GB"
  Object.defineProperty(navigator, "language", { get: () => language, configurable: true })
  Object.defineProperty(navigator, "languages", { get: () => [language], configurable: true })
}

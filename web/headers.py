"""What every answer says to the browser: what it may load, whom it may tell, and how it keeps cookies.

The outermost middleware, so that pages, files, refusals and faults all pass it. An address may be stricter than this
(web/reply.py is): a header that an answer has already is left as it is.
"""

import logging

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from streamlit.auth_util import get_origin_from_redirect_uri

from ui import doors
from web.notices import notice

LOG = logging.getLogger("vink")
POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",  # neither eval nor a script in the page: Vega's expressions are interpreted
        "style-src 'self' 'unsafe-inline'",  # Streamlit's components write their styles into the page as they draw
        "img-src 'self' data: blob:",
        "font-src 'self' data:",
        "connect-src 'self'",  # the websocket of the same host too
        "object-src 'none'",
        "base-uri 'none'",
        "form-action 'self'",
        "frame-ancestors 'none'",
    )
)
SAID = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",  # an address holds what was filtered for
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Permitted-Cross-Domain-Policies": "none",
    "Permissions-Policy": ", ".join(
        [
            *(f"{name}=()" for name in ("accelerometer", "camera", "display-capture", "geolocation", "gyroscope")),
            *(f"{name}=()" for name in ("magnetometer", "microphone", "midi", "payment", "usb")),
            "clipboard-write=(self)",
        ]
    ),
}
A_YEAR = 365 * 24 * 60 * 60
TRANSPORT = f"max-age={A_YEAR}; includeSubDomains"
# The frontend reads this one to prove that its websocket is its own; any other cookie is the server's alone.
READ_BY_THE_PAGE = ("_streamlit_xsrf",)


class Headers:
    """Adds the headers to every answer, hardens its cookies, and answers what the application failed to."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in ("http", "websocket"):
            await self.app(scope, receive, send)
            return
        begun = False
        safe = encrypted(scope)

        async def told(message: Message) -> None:
            nonlocal begun
            if message["type"] in ("http.response.start", "websocket.accept", "websocket.http.response.start"):
                begun = True
                _add(message, safe)
            await send(message)

        try:
            await self.app(scope, receive, told)
        except Exception:
            if scope["type"] == "websocket":
                raise
            LOG.exception("A request could not be answered")
            if begun:  # too late to say so: the connection is cut, and the browser knows that something is missing
                raise
            await notice("fault")(scope, receive, told)


def encrypted(scope: Scope) -> bool:
    """Whether the visitor's own connection is encrypted: as seen here, as the proxy in front says, or by the sign-in's
    way back. Whoever pretends that a proxy said so only keeps their own cookie from coming back.
    """
    if doors.settings() is not None and (get_origin_from_redirect_uri() or "").startswith("https:"):
        return True
    said = next((value for name, value in scope["headers"] if name == b"x-forwarded-proto"), b"")
    return scope["scheme"] in ("https", "wss") or said.split(b",")[0].strip().lower() == b"https"


def _add(message: Message, safe: bool) -> None:
    headers = MutableHeaders(raw=list(message.get("headers", ())))
    for name, said in SAID.items():
        headers.setdefault(name, said)
    if safe:
        headers["Strict-Transport-Security"] = TRANSPORT
    cookies = headers.getlist("Set-Cookie")
    if cookies:
        del headers["Set-Cookie"]
        for cookie in cookies:
            headers.append("Set-Cookie", hardened(cookie, safe=safe))
    message["headers"] = headers.raw


def hardened(cookie: str, *, safe: bool) -> str:
    """A Set-Cookie line, closed as far as it can be: only encrypted, not for other sites, not for scripts."""
    name = cookie.split("=", 1)[0].strip()
    has = {part.split("=")[0].strip().lower() for part in cookie.split(";")[1:]}
    if safe and "secure" not in has:
        cookie += "; Secure"
    if "samesite" not in has:
        cookie += "; SameSite=Lax"
    if "httponly" not in has and name not in READ_BY_THE_PAGE:
        cookie += "; HttpOnly"
    return cookie

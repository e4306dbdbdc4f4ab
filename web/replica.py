"""Replica: where several servers stand behind one proxy, a visitor keeps the one that has the visitor's session.

Each server is named by VINK_REPLICA. It leaves its name in a cookie, by which the proxy finds it again, with every page
and every connection: a visitor whose server died, and who was taken over by another, stays with that one.
"""

import os
import re
from http.cookies import CookieError, SimpleCookie

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

COOKIE = "vink_replica"
NAME = re.compile(r"[a-z0-9-]{1,32}")
STREAM = "/_stcore/stream"  # the connection that a session lives on


class Replica:
    """Leaves the name of this server with whoever it serves."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app
        self.name = os.environ.get("VINK_REPLICA", "")
        if self.name and not NAME.fullmatch(self.name):
            raise ValueError(f"VINK_REPLICA can't be {self.name!r}: use small letters, digits and hyphens.")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if not self.name or not _opens(scope) or _held(Headers(scope=scope).get("cookie", "")) == self.name:
            await self.app(scope, receive, send)
            return

        async def named(message: Message) -> None:
            if message["type"] in ("http.response.start", "websocket.accept"):
                message.setdefault("headers", [])
                cookie = f"{COOKIE}={self.name}; Path=/; HttpOnly; SameSite=Lax"  # web/headers.py adds Secure
                MutableHeaders(scope=message).append("set-cookie", cookie)
            await send(message)

        await self.app(scope, receive, named)


def _opens(scope: Scope) -> bool:
    """Whether a visit begins or goes on with this: a page, or the connection of a session."""
    if scope["type"] == "websocket":
        return scope["path"].endswith(STREAM)
    return scope["type"] == "http" and "text/html" in Headers(scope=scope).get("accept", "")


def _held(cookies: str) -> str:
    try:
        found = SimpleCookie(cookies).get(COOKIE)
    except CookieError:
        return ""
    return found.value if found else ""

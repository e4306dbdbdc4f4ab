"""Crowd: how many visitors one server takes, and what it says to those who come when it is full.

Only a new page is turned away, with a readable one that leads to the same address again. Who is in stays in: a
connection is never refused, so whoever loses one gets it back.
"""

import html
import os

from starlette.requests import Request
from starlette.responses import HTMLResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from ui import address
from ui.page import PAGES
from ui.text import LANGUAGES, text
from web.replica import STREAM

MOST = 100  # visitors at a time, unless VINK_MOST_VISITORS says otherwise; measured in docs/load.md
AGAIN = 20  # seconds
STYLE = (
    "body{font:1.1rem/1.5 'Source Sans',system-ui,sans-serif;color:#16191D;background:#fff;max-width:38rem;"
    "margin:4rem auto;padding:0 1.2rem}h1{font-size:1.6rem;line-height:1.25}section+section{margin-top:3rem}"
    "a{color:#0B4F8A}"
)
POLICY = "default-src 'none'; style-src 'unsafe-inline'"


class Crowd:
    """Counts the visitors who are connected, and answers a new page with 503 while there are too many."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app
        self.most = int(os.environ.get("VINK_MOST_VISITORS") or MOST)
        self.here = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "websocket" and scope["path"].endswith(STREAM):
            self.here += 1
            try:
                await self.app(scope, receive, send)
            finally:
                self.here -= 1
        elif self.here >= self.most and _is_page(scope):
            await _full(Request(scope))(scope, receive, send)
        else:
            await self.app(scope, receive, send)


def _is_page(scope: Scope) -> bool:
    return scope["type"] == "http" and scope["method"] in ("GET", "HEAD") and scope["path"].strip("/") in ("", *PAGES)


def _full(request: Request) -> HTMLResponse:
    lang = address.spoken(request.query_params)
    headers = {
        "Retry-After": str(AGAIN),
        "Cache-Control": "no-store",
        "Content-Language": lang,
        "Content-Security-Policy": POLICY,
        "X-Content-Type-Options": "nosniff",
    }
    return HTMLResponse(page("full", (lang,)), 503, headers)


def page(key: str, languages: tuple[str, ...] = LANGUAGES) -> str:
    """A page that stands for itself, says `busy.<key>` and has a link to its own address.

    It does not load itself anew: that would take it away from who is still reading it (WCAG 2.2.1).
    """
    said = "\n".join(
        f'<section lang="{lang}">\n<h1>{html.escape(text(f"busy.{key}_title", lang))}</h1>\n'
        f"<p>{html.escape(text(f'busy.{key}', lang))}</p>\n"
        f'<p><a href="">{html.escape(text("busy.again", lang))}</a></p>\n</section>'
        for lang in languages
    )
    return f"""<!DOCTYPE html>
<html lang="{languages[0]}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{html.escape(text("site.name", languages[0]))}</title>
<style>{STYLE}</style>
</head>
<body>
<main>
{said}
</main>
</body>
</html>
"""
